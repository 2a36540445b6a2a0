// Answers lines "version<TAB>range" with what Masterminds/semver says of them, as data for tests/unit/syntax/test_semver.py.
//
//	python pairs.py 1 4000 | go run . > ../../tests/data/semver/masterminds.tsv
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/Masterminds/semver/v3"
)

func answer(version, constraint string) string {
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return "no version"
	}
	constraints, err := semver.NewConstraint(constraint)
	if err != nil {
		return "invalid"
	}
	return fmt.Sprint(constraints.Check(parsed))
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		version, constraint, _ := strings.Cut(lines.Text(), "\t")
		fmt.Printf("%s\t%s\t%s\n", version, constraint, answer(version, constraint))
	}
}
