"""What is served stays on this machine, follows the files, and lets nobody write."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import time

import pytest

from generator.report.serve.watch import stamps
from support.browsers import violations
from support.hostile_workspace import hostile
from support.processes import end
from support.repositories import Repository
from support.serving import Served
from support.trees import read_tree, write_tree


@pytest.fixture
def served(tmp_path):
    running = Served(hostile(tmp_path / "w"))
    yield running
    _, said = end(running.process, signal.SIGINT)
    assert "Traceback" not in said
    assert running.process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_manager_or_a_person_can_end_it(number, tmp_path):
    running = Served(hostile(tmp_path / "w"))
    _, said = end(running.process, number)
    assert said == "stopped\n"
    assert running.process.returncode == 0


def test_a_server_that_was_started_by_nohup_in_the_background_ends_when_it_is_told_to(tmp_path):
    running = Served(hostile(tmp_path / "w"), ["sh", "-c", 'trap "" INT HUP; exec "$@"', "sh"])
    running.process.send_signal(signal.SIGINT)
    assert running.ask("GET", "/")[0].status == 200, "as it was asked for: no signal of the terminal ends it"
    _, said = end(running.process)
    assert said == "stopped\n"
    assert running.process.returncode == 0


def test_pages_come_with_their_kind_and_with_nothing_that_lets_others_in(served):
    for path, kind in [
        ("/", "text/html; charset=utf-8"),
        ("/site.css", "text/css; charset=utf-8"),
        ("/icon-ok.svg", "image/svg+xml"),
    ]:
        answer, content = served.ask("GET", path)
        assert answer.status == 200
        assert content
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert served.ask("GET", "/../../etc/passwd")[0].status == 404
    assert served.ask("GET", "/%2e%2e/tiphys.yaml")[0].status == 404
    assert served.ask("HEAD", "/")[1] == ""


def test_a_page_elsewhere_that_is_pointed_here_gets_nothing(served):
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", ""):
        answer, content = served.ask("GET", "/", Host=host)
        assert answer.status == 421
        assert "web" not in content
    assert served.ask("GET", "/", Host=f"localhost:{served.port}")[0].status == 200


def test_only_a_page_of_ours_can_try_a_text_out_and_nothing_is_written(served):
    before = read_tree(served.root)
    text = (served.root / "services/web/pipeline.yaml").read_text()
    assert served.attempt(text)[0].status == 200
    assert served.attempt(text, Origin="http://evil.example")[0].status == 403
    assert served.attempt(text, Origin="null")[0].status == 403
    assert served.attempt(text, X_Tiphys_Token="guess")[0].status == 403
    for _ in range(10):  # who is still sending gets the answer, too
        assert served.attempt("x" * 5_000_000)[0].status == 413
    assert served.ask("POST", "/index.html", "{}", Content_Type="text/plain")[0].status == 404
    assert (
        served.ask("POST", "/try", "nonsense", Origin=f"http://{served.host}", X_Tiphys_Token=served.token())[0].status == 400
    )
    assert served.ask("PUT", "/index.html", "x")[0].status == 501
    assert "This spec does not exist" in served.attempt(text, path="../../etc/passwd")[1]
    assert "This spec does not exist" in served.attempt(text, path="tiphys.yaml")[1]
    assert read_tree(served.root) == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace('"1.0.0"', "1.10"), "is ambiguous"),
        (lambda text: text.replace("replicas: 3", "replicsa: 3"), "did you mean <code>replicas</code>"),
        (lambda text: text.replace("setWeight: 20", "setWeight: 35"), "<b>setWeight</b>: 35"),
        (lambda _text: "a: [\n", "TP0"),
        (lambda _text: "", "TP0"),
        (lambda text: text.replace("name: web", "name: other"), "other"),
        (lambda text: text + "\ud800", ""),
    ],
)
def test_an_unsaved_text_is_judged_as_a_saved_one_would_be(change, says, served):
    text = (served.root / "services/web/pipeline.yaml").read_text()
    answer, content = served.attempt(change(text))
    assert answer.status == 200
    assert says in content
    assert "<script" not in content


def test_verbose_says_what_is_read_and_nothing_of_what_is_typed(tmp_path):
    running = Served(hostile(tmp_path / "w"), more=["--verbose"])
    running.attempt("a: [\n")
    _, said = end(running.process, signal.SIGINT)
    said = running.said + said
    assert "settings: " in said
    assert "specs: " in said
    assert "stdin" not in said
    assert "command line" not in said


@pytest.mark.parametrize("other", ["services/a/pipeline.yaml", "services/z/pipeline.yaml"])
def test_a_name_that_another_spec_has_is_said_whichever_of_the_two_is_read_first(other, served):
    mine = (served.root / "services/web/pipeline.yaml").read_text()
    (served.root / other).parent.mkdir()
    (served.root / other).write_text(mine.replace("name: web", "name: taken"))
    number = json.loads(served.ask("GET", "/events?after=0")[1])["number"]
    served.ask("GET", f"/events?after={number}")
    assert "already described" not in served.attempt(mine)[1]
    content = served.attempt(mine.replace("name: web", "name: taken"))[1]
    assert "TP036" in content
    assert f"already described by {other}" in content


def test_a_spec_that_is_invalid_can_be_mended_in_the_playground(served):
    (served.root / "services/bad").mkdir()
    (served.root / "services/bad/pipeline.yaml").write_text("kind: Pipelin\nmetadata: {name: bad}\n")
    number = json.loads(served.ask("GET", "/events?after=0")[1])["number"]
    served.ask("GET", f"/events?after={number}")
    assert "services/bad/pipeline.yaml (invalid)" in served.ask("GET", "/playground.html")[1]
    content = served.attempt(
        (served.root / "services/web/pipeline.yaml").read_text().replace("name: web", "name: bad"), "services/bad/pipeline.yaml"
    )[1]
    assert "<b>setWeight</b>" in content


def test_pages_follow_the_files_and_stay_when_the_workspace_breaks(served):
    number = json.loads(served.ask("GET", "/events?after=0")[1])["number"]
    spec = served.root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"1.1.0"', '"7.7.7"'))
    told = json.loads(served.ask("GET", f"/events?after={number}")[1])
    assert told == {"number": number + 1, "name": told["name"], "age": told["age"], "trouble": ""}
    assert 0 <= told["age"] < 30
    assert f'data-live="{told["name"]}"' in served.ask("GET", "/")[1], "a page knows whether it is the newest"
    assert "7.7.7" in served.ask("GET", "/")[1]
    settings = (served.root / "tiphys.yaml").read_text()
    (served.root / "tiphys.yaml").write_text("a: [\n")
    told = json.loads(served.ask("GET", f"/events?after={number + 1}")[1])
    assert told["trouble"].startswith("tiphys.yaml:")
    assert "7.7.7" in served.ask("GET", "/")[1]
    (served.root / "tiphys.yaml").write_text(settings)
    assert json.loads(served.ask("GET", f"/events?after={number + 2}")[1])["trouble"] == ""


@pytest.mark.parametrize("place", ["repository", "repository/below", "linked", "linked/below"])
def test_a_commit_is_seen_wherever_the_workspace_is_in_its_repository(place, tmp_path):
    made = Repository(tmp_path / "repository")
    made.write("below/notes.txt", "-\n")
    made.commit("first")
    made.git("worktree", "add", "-q", "../linked")
    stamp = stamps(str(tmp_path / place))
    before = stamp()
    assert stamp() == before
    made.git("-C", str(tmp_path / place), "commit", "-q", "--allow-empty", "-m", "second")
    assert stamp() != before


def test_a_file_is_seen_that_changed_within_the_same_size_and_time(tmp_path):
    path = tmp_path / "environments/dev.yaml"
    write_tree(tmp_path, {"environments/dev.yaml": "replicas: 1\n"})
    stamp, was = stamps(str(tmp_path)), path.stat()
    before = stamp()
    path.write_text("replicas: 2\n")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert stamp() != before


def test_a_port_that_is_taken_is_said_and_the_way_out_too(tmp_path, tiphys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = tiphys("serve", "--port", taken.getsockname()[1], cwd=hostile(tmp_path / "w"))
    assert done.returncode == 2
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "--port" in done.stderr


def test_the_playground_shows_what_would_come_of_what_is_typed(served, browser):
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://{served.host}/playground.html?service=web")
    status = page.locator("form [role=status]")
    status.get_by_text("as saved").wait_for()
    text = page.get_by_role("textbox")
    text.fill(text.input_value().replace('"1.0.0"', "1.10"))
    page.locator(".result").get_by_text("is ambiguous").wait_for()
    page.get_by_role("link", name=re.compile("^line [0-9]+$")).first.click()
    assert "1.10" in page.evaluate(
        "document.querySelector('textarea').value.slice(...['selectionStart', 'selectionEnd'].map((name) => document.querySelector('textarea')[name]))"
    )
    page.get_by_role("button", name="Reset to saved").click()
    status.get_by_text("as saved").wait_for()
    assert violations(page) == []
    assert complaints == []
    assert all(url.startswith(f"http://{served.host}/") for url in asked)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def test_the_page_of_a_service_leads_to_its_spec_in_the_playground_and_no_other(served, browser):
    mine = (served.root / "services/web/pipeline.yaml").read_text()
    (served.root / "services/aaa").mkdir()
    (served.root / "services/aaa/pipeline.yaml").write_text(mine.replace("name: web", "name: aaa"))
    number = json.loads(served.ask("GET", "/events?after=0")[1])["number"]
    served.ask("GET", f"/events?after={number}")
    page = browser.new_context().new_page()
    page.goto(f"http://{served.host}/services/web.html")
    page.get_by_role("link", name="try a change").click()
    page.locator("form [role=status]").get_by_text("as saved").wait_for()
    assert "name: web" in page.get_by_role("textbox").input_value()
    page.get_by_label("Service").select_option("aaa")
    assert page.url.endswith("/playground.html?service=aaa"), "a reload or a copied address stays with the service"
    page.goto(f"http://{served.host}/playground.html?service=nobody")
    page.locator("form [role=status]").get_by_text("as saved").wait_for()
    assert page.url.endswith("/playground.html?service=aaa"), "what is shown, not what does not exist"
    page.context.close()


def test_an_open_page_shows_a_change_by_itself(served, browser):
    page = browser.new_context().new_page()
    page.goto(f"http://{served.host}/index.html")
    time.sleep(0.5)
    spec = served.root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"1.1.0"', '"7.7.7"'))
    page.get_by_text("7.7.7").wait_for(timeout=15_000)
    page.context.close()


def test_an_open_page_keeps_the_place_the_filter_and_the_focus_of_its_reader(served, browser):
    page = browser.new_context(viewport={"width": 700, "height": 260}).new_page()
    page.goto(f"http://{served.host}/index.html")
    page.get_by_role("searchbox").fill("web")
    page.evaluate("document.activeElement.setSelectionRange(1, 2); scrollTo({top: 150, behavior: 'instant'})")
    page.locator(".live", has_text=re.compile("^updated [0-9]+ s ago$")).wait_for()
    spec = served.root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"1.1.0"', '"7.7.7"'))
    page.get_by_text("7.7.7").first.wait_for(timeout=15_000)
    page.locator("input[name=text]:focus").wait_for()
    assert page.url.endswith("/index.html?q=web")
    assert page.get_by_role("searchbox").input_value() == "web"
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd, scrollY]") == [1, 2, 150]
    page.goto(f"http://{served.host}/services/web.html")
    page.locator("details:not([open]) > summary").first.click()
    folds = "[...document.querySelectorAll('details')].map((one) => one.open)"
    opened = page.evaluate(folds)
    spec.write_text(spec.read_text().replace('"7.7.7"', '"8.8.8"'))
    page.get_by_text("8.8.8").first.wait_for(timeout=15_000)
    page.locator(".live", has_text="updated").wait_for()
    assert page.evaluate(folds) == opened
    page.context.close()


def test_an_open_page_says_that_the_server_is_gone_and_goes_on_with_the_next_one(tmp_path, browser):
    first = Served(hostile(tmp_path / "w"))
    page = browser.new_context().new_page()
    page.goto(f"http://{first.host}/findings.html")
    page.locator(".live", has_text=re.compile("^updated ")).wait_for()
    title = page.title()
    end(first.process, signal.SIGINT)
    page.locator(".live", has_text=re.compile("^no server, updated ")).wait_for()
    assert page.title() == f"(no server) {title}"
    assert "The server has stopped" in page.get_by_role("status").first.inner_text()
    spec = first.root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace("name: web", "nmae: web"))
    second = Served(first.root, port=first.port)
    page.get_by_text("services/web/pipeline.yaml:4").first.wait_for(timeout=15_000)
    page.locator(".live", has_text=re.compile("^updated ")).wait_for()
    assert re.match(r"\([0-9]+\) Findings", page.title())
    page.context.close()
    end(second.process, signal.SIGINT)


def test_a_page_that_waits_for_its_keys_to_be_closed_is_not_taken_away(served, browser):
    page = browser.new_context().new_page()
    page.goto(f"http://{served.host}/index.html")
    page.locator(".live", has_text="updated").wait_for()
    page.keyboard.press("?")
    spec = served.root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace('"1.1.0"', '"7.7.7"'))
    time.sleep(3)
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    page.get_by_text("7.7.7").first.wait_for(timeout=15_000)
    page.context.close()


def test_a_server_that_runs_for_hours_gives_back_what_it_used(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from generator.cli.main import program
    from generator.report.serve.server import Server

    collects = []
    monkeypatch.setattr(Server, "serve_forever", lambda _: collects.append(gc.isenabled()))
    monkeypatch.chdir(hostile(tmp_path / "w"))
    gc.disable()  # as every command begins
    try:
        CliRunner().invoke(program, ["serve", "--port", "0"])
    finally:
        gc.enable()
    assert collects == [True]
