"""The command line: `imi serve` and the rest; an expected failure is one plain sentence."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.core.fault import Fault

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Calls for proposals, from topic to results.",
)
people = typer.Typer(no_args_is_help=True, help="Accounts that no other account can make.")
organisations = typer.Typer(no_args_is_help=True, help="The register of organisations.")
audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
receipt = typer.Typer(no_args_is_help=True, help="Receipts of what was handed in.")
bench = typer.Typer(no_args_is_help=True, help="Figures to be reached, measured on this machine.")
cli.add_typer(people, name="people")
cli.add_typer(organisations, name="organisations")
cli.add_typer(audit, name="audit")
cli.add_typer(receipt, name="receipt")
cli.add_typer(bench, name="bench")

PublicKey = Annotated[Path | None, typer.Option(help="The public key (PEM), instead of this system's.")]
Trusted = Annotated[
    str | None, typer.Option(help="The address of a system you trust, to fetch its public key from.")
]
"""By what a receipt or a letter is verified."""


def main() -> None:
    """Run a command; code 1 and one sentence per fault when it cannot be done."""
    try:
        cli()
    except Fault as fault:
        sys.exit(str(fault))


# Each command imports what it needs when it runs, so that `imi --help` is quick.


@cli.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Instead of IMI_PORT.")] = None,
    host: Annotated[str | None, typer.Option(help="Instead of IMI_HOST.")] = None,
) -> None:
    """Serve the API with a worker inside; without DATABASE_URL start a PostgreSQL too."""
    from app.serve import serve

    given = {"port": port, "host": host}
    serve(**{name: value for name, value in given.items() if value is not None})


@cli.command()
def worker() -> None:
    """Carry out jobs apart from the process that serves."""
    from app.serve import work

    work()


@cli.command()
def tick() -> None:
    """Do once what the clock has brought; a worker does so every minute."""
    from app.serve import tick

    tick()


@cli.command()
def migrate() -> None:
    """Bring the database to this program's version."""
    from app.serve import ready

    with ready():
        typer.echo("The schema is up to date.")


@cli.command()
def revise(message: Annotated[str, typer.Argument(help="What changes, in a few words.")]) -> None:
    """Write the next revision of the schema from what the models say."""
    from app.core.revise import revise as write

    typer.echo("Look it over in migrations/versions." if write(message) else "Nothing differs.")


@cli.command()
def rehearse(
    name: Annotated[
        str, typer.Argument(help="A call of app/rehearsal/calls, a story, or the path of a call file.")
    ],
    leave: Annotated[bool, typer.Option("--exit", help="End afterwards, do not serve.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write what came out to this file.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, other synthetic people.")] = 1,
) -> None:
    """Replay a call or a story on a virtual clock, in a database of its own; code 1 if a figure differs."""
    from app.rehearsal.run import main as run

    raise typer.Exit(run(name, leave=leave, json=json, seed=seed))


@cli.command()
def demo(
    leave: Annotated[bool, typer.Option("--exit", help="End afterwards, do not serve.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write what came out to this file.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, other synthetic people.")] = 1,
) -> None:
    """Replay IMI2 Call 21 from its topic to its grants, and leave it open to look at."""
    rehearse("imi2-call-21", leave=leave, json=json, seed=seed)


@cli.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Compare only; code 1 if stale.")] = False,
) -> None:
    """Write the files that are derived from the code: diagrams, rows, policy, OpenAPI."""
    from app.docs import main as write

    raise typer.Exit(write(check=check))


@people.command()
def office(
    email: str,
    name: Annotated[str, typer.Option(help="As letters address the person.")] = "",
    second: Annotated[bool, typer.Option("--second", help="Beside the first, who waits for it.")] = False,
) -> None:
    """Make the first two accounts of the programme office; prints a link to choose a password."""
    from app.people.cli import first_office
    from app.serve import ready

    with ready() as (settings, database):
        first_office(settings, database, email, name, second)


@organisations.command()
def load() -> None:
    """Register the published organisations of IMI projects; those whose PIC is there are left alone."""
    from app.consortia.organisations.cli import load as run
    from app.serve import ready

    with ready() as (_, database):
        run(database)


@audit.command()
def verify() -> None:
    """Check every chain, head and checkpoint, and name the entities at fault."""
    import app.process  # noqa: F401  # knows every entity
    from app.core.audit_cli import verify as run
    from app.serve import ready

    with ready() as (settings, database):
        raise typer.Exit(run(settings, database))


@audit.command()
def checkpoint() -> None:
    """Sign the state of all chains."""
    from app.core.audit_cli import checkpoint as run
    from app.serve import ready

    with ready() as (settings, database):
        raise typer.Exit(run(settings, database))


@audit.command()
def replay(call: Annotated[str, typer.Option(help="The reference of the call.")]) -> None:
    """Make every closed list and decision of a call again, read its letters; name what differs (code 1)."""
    import app.process  # noqa: F401  # knows every entity
    from app.decisions.replay import main as run
    from app.serve import ready

    with ready() as (settings, database):
        raise typer.Exit(run(database, call, settings.key))


@audit.command("letter")
def verify_letter(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="The letter in its signed form.")],
    key: PublicKey = None,
    server: Trusted = None,
) -> None:
    """Say whether a letter is genuine, and show it; with the key it needs no server. Code 1 if it is not."""
    from app.core.letter_cli import verify as run

    typer.echo(run(source, key, server))


@receipt.command("verify")
def verify_receipt(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|-", help="The receipt: its text, the mail that brought it, or its PDF."),
    ],
    key: PublicKey = None,
    server: Trusted = None,
) -> None:
    """Say whether a receipt is genuine, and of what; with the key it needs no server. Code 1 if it is not."""
    from app.core.receipt_cli import verify as run

    typer.echo(run(source, key, server))


@bench.command()
def matching(
    quick: Annotated[bool, typer.Option("--quick", help="Only what takes less than a minute.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    scores: Annotated[
        Path | None, typer.Option(help="A matrix of affinities (.npy), proposals in rows, instead of these.")
    ] = None,
    loads: Annotated[
        Path | None, typer.Option(help="The most each expert takes (.npy), or two rows: least and most.")
    ] = None,
    coverage: Annotated[Path | None, typer.Option(help="How many seats each proposal has (.npy).")] = None,
    turned: Annotated[
        bool, typer.Option("--experts-in-rows", help="The matrix has experts in rows, proposals in columns.")
    ] = False,
) -> None:
    """Assign experts to generated proposals, or to yours; code 1 if a figure is not reached."""
    from app.experts.matching.bench import Given, main

    given = None
    if scores and loads and coverage:
        given = Given(scores, loads, coverage, turned)
    elif scores or loads or coverage:
        raise Fault("Give --scores, --loads and --coverage together.")
    raise typer.Exit(main(quick=quick, json=json, given=given))


@bench.command()
def summaries(
    count: Annotated[int, typer.Option(min=1, max=5000, help="How many are printed.")] = 500,
    quick: Annotated[bool, typer.Option("--quick", help="40 of them.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
) -> None:
    """Print synthetic summary reports beside bare pages; code 1 if a figure is not reached."""
    from app.evaluation.summary.bench import main

    raise typer.Exit(main(count=40 if quick else count, json=json))


@cli.command()
def invariants() -> None:
    """Look for rows that break what must always hold, and name them."""
    from app.core.audit_cli import invariants as ask
    from app.process import INVARIANTS
    from app.serve import ready

    with ready() as (_, database):
        raise typer.Exit(ask(database, INVARIANTS))
