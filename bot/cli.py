"""Every command. Bad input gets one clear sentence and exit code 2, never a traceback."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import log
from bot.app import serve
from bot.catalogue.calendar import Calendar
from bot.catalogue.checks import check_folder
from bot.catalogue.costs import Rates
from bot.catalogue.elsewhere import read_matters
from bot.catalogue.files import Finding, Folder
from bot.catalogue.overview import office_gaps, sources_to_read, tally, todo
from bot.catalogue.pages import findings_of
from bot.catalogue.places import Places
from bot.dialogue.replies import preview
from bot.errors import CatalogueError, UsageError
from bot.knowledge import Knowledge, Tables, make_knowledge
from bot.matching.decision import Answer, Decision, SmallTalk
from bot.matching.evaluation import evaluate
from bot.matching.explanation import explained
from bot.matching.fitting import fit, save
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.model import MODEL_PATH, Model, default_model
from bot.matching.names import read_names
from bot.matching.selective import risk_curve
from bot.rehearsal.rehearse import rehearse as run_rehearsal
from bot.settings import Settings, read_settings
from bot.telegram.doctor import examine
from bot.wording.card_checks import check_cards
from bot.wording.cards import card
from bot.wording.render import render

DECISIONS = {
    "Answer": "answer",
    "Choices": "choices",
    "NoMatch": "no_match",
    "SmallTalk": "small_talk",
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # an error is a line, not a box
    help="Một Cửa Bot: administrative procedures in Hà Tĩnh, answered on Telegram.",
)
catalogue_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="The catalogue in procedures/."
)
app.add_typer(catalogue_app, name="catalogue")


@app.command()
def rehearse(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")
    ] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Folder to keep the rehearsal in; default: a temporary one.")
    ] = None,
) -> None:
    """Plays everything on one web page: no token, no internet."""
    log.set_up()
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        asyncio.run(run_rehearsal(port=port, folder=data))
        return
    with tempfile.TemporaryDirectory(prefix="motcua-") as folder:
        asyncio.run(run_rehearsal(port=port, folder=Path(folder)))


@app.command()
def run() -> None:
    """Runs the bot, with the settings of the environment and `.env`."""
    settings = read_settings()
    log.set_up(secrets=_secrets(settings))
    asyncio.run(serve(settings))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="As a citizen types it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Why: words, fields, weights and the margin.")
    ] = False,
) -> None:
    """Prints what the bot would reply."""
    knowledge = _knowledge(_model())
    if explain:
        _print_json(explained(text, knowledge.index))
        return
    decision = knowledge.understand(text)
    reply = preview(decision, knowledge, question=text)
    if not as_json:
        print(reply.html)
        for row in reply.keyboard:
            print(" ".join(f"[{button.label}]" for button in row))
        return
    _print_json(
        {
            "decision": DECISIONS[type(decision).__name__],
            **_evidence(decision),
            "text": reply.html,
            "buttons": [[button.label for button in row] for row in reply.keyboard],
        }
    )


@app.command("eval")
def evaluate_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Labelled questions: JSON lines, or YAML by kind."),
    ],
    catalogue: Annotated[
        Path | None,
        typer.Option(help="A list of {code, name} lines instead of the published catalogue."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Where to draw risk against coverage, as SVG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Measures the understanding on labelled questions."""
    if catalogue:
        measured = evaluate(files, _index_of(catalogue, _model()))
    else:
        knowledge = _knowledge(_model())
        measured = evaluate(files, knowledge.index, knowledge.understand)
    report = measured.as_dict()
    if picture is not None:
        curve = risk_curve(measured.judged)
        _write(picture, render("staff/risk_coverage.svg", curve=curve, report=report))
    if as_json:
        _print_json(report)
    else:
        print(render("staff/report.txt", report=report))


@app.command("fit")
def fit_model(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="Labelled questions: JSON lines, or YAML by kind."),
    ] = None,
    own: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Our own questions, whose words are learned as well."),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(help="A list of {code, name} lines, which gets ranking weights of its own."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = MODEL_PATH,
) -> None:
    """Fits ranking, words and confidence to labelled questions; writes them with their figures."""
    if not (files or own):
        raise UsageError("no questions to fit to; name a FILE, or `--own FILE` where they are ours")
    model = fit(files or (), _knowledge().index, _index_of(names) if names else None, own or ())
    save(model, out)
    _print_json(
        {key: model[key] for key in ("answer_at", "offer_at", "figures", "lines", "fitted_on")}
    )


@app.command()
def doctor() -> None:
    """Checks settings, token, rights in the group, database and catalogue, and says what to mend."""
    settings = read_settings()
    log.set_up(secrets=_secrets(settings))
    findings = asyncio.run(examine(settings))
    for finding in findings:
        print(render("staff/doctor.txt", **finding.facts, code=finding.code, ok=finding.ok))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(2)


@catalogue_app.command("check")
def catalogue_check() -> None:
    """Prints what is wrong in procedures/, one finding a line."""
    folder, findings = _checked(read_settings().procedures_dir)
    for finding in findings:
        words = render("staff/finding.txt", code=finding.code, facts=finding.facts)
        mark = "(nhắc) " if finding.warning else ""
        print(f"{_relative(finding.path)}:{finding.line}: {mark}{words}")
    errors = sum(not finding.warning for finding in findings)
    print(
        render(
            "staff/check_summary.txt",
            procedures=len(folder.procedures),
            errors=errors,
            warnings=len(findings) - errors,
        )
    )
    if errors:
        raise typer.Exit(2)


@catalogue_app.command("list")
def catalogue_list() -> None:
    """Every procedure: sector, id, code, title, number of aliases."""
    for procedure in _folder().procedures.values():
        columns = (procedure.sector, procedure.id, procedure.code or "-", procedure.title)
        print("\t".join((*columns, str(len(procedure.aliases)))))


@catalogue_app.command("stats")
def catalogue_stats() -> None:
    """What the catalogue holds by sector: entries, aliases, confidence, fees."""
    print(render("staff/stats.txt", rows=tally(_folder().catalogue())))


@catalogue_app.command("todo")
def catalogue_todo(
    top: Annotated[int, typer.Option(min=0, help="How many procedures; 0 prints all.")] = 20,
) -> None:
    """What staff must verify, most asked first."""
    catalogue = _folder().catalogue()
    offices = Places.load(read_settings().procedures_dir).offices
    found = todo(catalogue, today=_today())
    words = render(
        "staff/todo.txt",
        sources=sources_to_read(catalogue, today=_today()),
        offices=office_gaps(offices),
        shown=found[: top or None],
        total=len(found),
    )
    print(words)


@catalogue_app.command("show")
def catalogue_show(procedure_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """The card of a procedure as a citizen sees it."""
    catalogue = _folder().catalogue()
    procedure = catalogue.procedures.get(procedure_id)
    if procedure is None:
        raise UsageError(f"no procedure {procedure_id!r}; see `motcua catalogue list`")
    print(card(procedure, catalogue).html)


def _evidence(decision: Decision) -> dict[str, Any]:
    if isinstance(decision, SmallTalk):
        return {"intent": decision.intent, "candidates": [], "facets": []}
    found = [
        {"code": c.code, "id": c.id, "title": c.title, "score": round(c.score, 4), "why": c.why}
        for c in decision.candidates
    ]
    evidence: dict[str, Any] = {"candidates": found, "facets": list(decision.facets)}
    if isinstance(decision, Answer):
        evidence["procedure"] = decision.procedure
    return {**evidence, "confidence": round(decision.confidence, 4), "why": list(decision.why)}


def _checked(root: Path) -> tuple[Folder, list[Finding]]:
    """Everything below `root` and what is wrong with it, cards and single files among it."""
    folder, findings = check_folder(root, today=_today())
    findings += findings_of(lambda: Calendar.load(root / "calendar.yaml"))
    findings += findings_of(lambda: Places.load(root))
    findings += findings_of(lambda: Rates.load(root / "rates.yaml", folder.sources))
    findings += findings_of(lambda: read_matters(root, folder.procedures))
    if all(finding.warning for finding in findings):
        findings += check_cards(folder)  # a card of wrong data cannot be drawn
    return folder, sorted(findings, key=lambda f: (str(f.path), f.line))


def _folder() -> Folder:
    """The catalogue's files, refused when they do not pass their checks."""
    folder, findings = check_folder(read_settings().procedures_dir, today=_today())
    errors = sum(not finding.warning for finding in findings)
    if errors:
        raise CatalogueError(f"the catalogue has {errors} errors; run `motcua catalogue check`")
    return folder


def _knowledge(model: Model | None = None) -> Knowledge:
    root = read_settings().procedures_dir
    return make_knowledge(_folder().catalogue(), Tables.load(root), model=model)


def _index_of(catalogue: Path, model: Model | None = None) -> Index:
    lexicon = Lexicon.load(read_settings().procedures_dir / "lexicon.yaml")
    return Index.build(read_names(catalogue), lexicon, model)


def _model() -> Model:
    """As careful as the settings want it."""
    return default_model().aiming_at(read_settings().most_wrong)


def _secrets(settings: Settings) -> tuple[str, ...]:
    return (settings.token.get_secret_value(), settings.webhook_secret.get_secret_value())


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day where the person sits who checks


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def main() -> None:
    """The `motcua` command."""
    try:
        app()
    except UsageError as error:
        print(f"motcua: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
