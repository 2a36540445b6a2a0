// Evaluates JSONata queries over the documents of a file, as Renovate does: {"queries": [...], "documents": [...]}.
const jsonata = require("jsonata");

async function main() {
  const { queries, documents } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const found = [];
  for (const query of queries) {
    const result = (await jsonata(query).evaluate(documents)) ?? [];
    found.push(Array.isArray(result) ? result : [result]);
  }
  console.log(JSON.stringify(found));
}

main();
