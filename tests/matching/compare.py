"""What a change of words, code or model won and lost, question by question.

    python -m tests.matching.compare BASE

BASE is a commit. Its code, lexicon, model and catalogue answer the questions of
`tests/data/questions.yaml` in a folder of their own; the working tree answers them too.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "data" / "questions.yaml"

# Runs with the code of either side, so it leans on little: the door of the room.
ANSWER = """
import json, sys
from pathlib import Path
from bot.catalogue.files import read_folder
from bot.knowledge import Tables, make_knowledge
try:
    from bot.matching.understanding import understand
except ImportError:  # an older BASE
    from bot.matching.decision import understand
root = Path("procedures")
index = make_knowledge(read_folder(root).catalogue(), Tables.load(root)).index
said = [understand(text, index=index) for text in json.load(sys.stdin)]
print(json.dumps([[type(one).__name__, getattr(one, "procedure", getattr(one, "intent", None)),
                   list(getattr(one, "procedures", ()))] for one in said]))
"""


def questions() -> dict[str, list[tuple[str, str | None]]]:
    """The labelled questions by kind, each with what is wanted."""
    kinds = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return {kind: [(row["q"], row["want"]) for row in rows] for kind, rows in kinds.items()}


def verdict(decision: str, chosen: str | None, offered: list[str], want: str | None) -> str:
    """right, offered, wrong, missed; or held, asked_back, answered_wrongly where none is wanted."""
    if decision in ("Answer", "SmallTalk"):
        if chosen == want:
            return "right"
        return "answered_wrongly" if want is None and decision == "Answer" else "wrong"
    if decision == "Choices":
        if want is None:
            return "asked_back"
        return "offered" if want in offered else "missed"
    return "held" if want is None else "missed"


Said = tuple[str, str | None, list[str]]  # kind of decision, what was chosen, what was offered


def _answers(folder: Path, texts: list[str]) -> list[Said]:
    run = subprocess.run(
        [sys.executable, "-c", ANSWER],
        cwd=folder,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(kind, chosen, offered) for kind, chosen, offered in json.loads(run.stdout)]


def _unpack(base: str, folder: Path) -> None:
    tree = subprocess.run(
        ["git", "archive", base, "bot", "procedures"], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=tree.stdout, check=True)


RANKS = ("answered_wrongly", "wrong", "missed", "asked_back", "offered", "held", "right")


def main(base: str) -> None:
    rows = [row for kind in questions().values() for row in kind]
    texts = [text for text, _ in rows]
    with tempfile.TemporaryDirectory() as name:
        _unpack(base, Path(name))
        before = _answers(Path(name), texts)
    after = _answers(ROOT, texts)
    won = lost = 0
    for (text, want), old, new in zip(rows, before, after, strict=True):
        was, now = verdict(*old, want=want), verdict(*new, want=want)
        if was == now:
            continue
        better = RANKS.index(now) > RANKS.index(was)
        won, lost = won + better, lost + (not better)
        print(f"{'+' if better else '-'} {text}  [{want}]  {was} → {now}: {new[1] or new[2]}")  # noqa: T201 - it prints
    print(f"{won} won, {lost} lost, {len(rows)} asked")  # noqa: T201 - it prints


if __name__ == "__main__":
    main(*sys.argv[1:])
