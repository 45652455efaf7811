"""`make up`: everything started, in the order that its parts need each other, and the first cycle.

Whatever happens, what was started has a record: `make down` ends it, `make up` goes on from there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.markup import escape

from ytempire.config import Ports, Settings, own_settings, settings
from ytempire.local import airflow_start, preflight
from ytempire.local.airflow_settings import ADMIN
from ytempire.local.installation import (
    kept_ports,
    load_keys,
    local_values,
    speaks_to_local_stripe,
    speaks_to_local_youtube,
    write_local_env,
)
from ytempire.local.place import find_place
from ytempire.local.ports import choose
from ytempire.local.postgres import Postgres, end_servers
from ytempire.local.processes import Service, Supervisor
from ytempire.local.progress import Progress
from ytempire.local.services import (
    DASHBOARDS,
    SDXL,
    STRIPE,
    YOUTUBE,
    Context,
    dashboards_service,
    health_check,
    sdxl_service,
    stripe_service,
    youtube_service,
)

#: The service that listens on each port, and what a person calls it.
LISTENERS = {
    "postgres": ("postgres", "Postgres"),
    "airflow": ("api-server", "Airflow"),
    "dashboards": (DASHBOARDS, "the dashboards"),
    "youtube": (YOUTUBE, "the local YouTube"),
    "stripe": (STRIPE, "the local Stripe"),
    "sdxl": (SDXL, "the picture host"),
}
HEALTHY_WITHIN_S = 120.0
#: Gigabytes of weights from a slow disk.
WEIGHTS_WITHIN_S = 600.0


def up(console: Console) -> None:
    """Start what does not run yet, then run the first cycle unless it was done.

    Raises:
        InvalidInput, NoWriteAccess, OutOfSpace: nothing was started.
        ServiceFailed: what failed, with the end of its log; the rest keeps running.
    """
    preflight.check_python()
    home = preflight.prepare_home(settings().home)
    preflight.check_space(home)
    supervisor = Supervisor(home)
    with supervisor.lock(), Progress(console) as progress:
        context = start_all(supervisor, progress)
    from ytempire.local import first_cycle

    with context.airflow_api() as api:
        first_cycle.run(console, api)
    for line in addresses(context):
        console.print(line, highlight=False, soft_wrap=True)  # unbroken, so that it can be copied


def start_all(supervisor: Supervisor, progress: Progress) -> Context:
    """Start every service that does not run as it should, and wait until all are healthy."""
    own, keys = own_settings(), load_keys(supervisor.home)
    place = find_place(supervisor.home, progress.tell)
    end_remains(supervisor)
    record = supervisor.record("postgres")
    if record is None or not supervisor.is_alive(record):
        end_servers(place.data)
    ports = choose_ports(own, supervisor, progress.tell)
    write_local_env(supervisor.home, local_values(own, keys, ports))
    context = Context(supervisor.home, own, keys, ports)
    postgres = Postgres(place, ports.postgres, keys, supervisor)
    starter = _Starter(supervisor, progress, context, postgres)
    _side_by_side(
        *(starter.give_up, starter.core, starter.youtube, starter.stripe),
        *(starter.dashboards, starter.sdxl),
    )
    return context


def end_remains(supervisor: Supervisor) -> None:
    """End what a killed service or a killed `up` left: children, or services without a record."""
    recorded = {record.name: record for record in supervisor.records()}
    for name in recorded.keys() | supervisor.marked():
        if name not in recorded or not supervisor.is_alive(recorded[name]):
            supervisor.stop(name)


def choose_ports(own: Settings, supervisor: Supervisor, tell: Callable[[str], None]) -> Ports:
    """A port for each listener: the one it has, the one it had, the preferred, or the next free.

    A port that a person configured comes before the one kept from last time.
    """
    kept, chosen = kept_ports(supervisor.home), dict[str, int]()
    for name, (service, called) in LISTENERS.items():
        preferred: int = getattr(own.ports, name)
        is_configured = name in own.ports.model_fields_set
        record = supervisor.record(service)
        running = record.port if record and supervisor.is_alive(record) else None
        if running and (running == preferred or not is_configured):
            chosen[name] = running
            continue
        before = None if is_configured else kept.get(name)
        chosen[name] = choose(preferred, before, chosen.values())
        if chosen[name] not in (preferred, before):
            tell(f"Port {before or preferred} is in use: {called} gets {chosen[name]}.")
    return Ports(**chosen)


def addresses(context: Context) -> list[str]:
    """Where a person goes next, and with which login."""
    secret = settings().secrets.dashboard_password
    password = secret.get_secret_value() if secret else ""
    dashboards = context.address(context.ports.dashboards)
    airflow_password = context.keys.airflow_password
    lines = [
        f"[bold]Dashboards[/]  {dashboards}  {_login(password)}",
        f"[bold]Airflow[/]     {context.airflow_address}  {_login(airflow_password)}",
        "[bold]Warehouse[/]   ytempire sql",
    ]
    if speaks_to_local_youtube(context.own):
        youtube = context.address(context.ports.youtube)
        lines.append(f"[bold]YouTube[/]     {youtube}  [yellow]local, SIMULATED[/]")
    if speaks_to_local_stripe(context.own):
        stripe = context.address(context.ports.stripe)
        lines.append(f"[bold]Stripe[/]      {stripe}  [yellow]local, SIMULATED[/]")
    return lines


def _login(password: str) -> str:
    return f"[dim]user[/] {ADMIN}  [dim]password[/] {escape(password)}"


class _Starter:
    """The parts of a start that run side by side, and the flag by which one ends the others."""

    def __init__(
        self, supervisor: Supervisor, progress: Progress, context: Context, postgres: Postgres
    ) -> None:
        self.give_up = threading.Event()
        self._supervisor = supervisor
        self._progress = progress
        self._context = context
        self._postgres = postgres

    def core(self) -> None:
        """Postgres, then side by side the warehouse in it and Airflow on it."""
        with self._progress.step("Postgres", "starting") as step:
            started = self._postgres.start()
            self._postgres.ensure_databases()
            step.note(_listening(started, self._context.ports.postgres))
        _side_by_side(self.give_up, self.warehouse, self.airflow)

    def warehouse(self) -> None:
        """Tables and grants."""
        from ytempire.warehouse import roles
        from ytempire.warehouse.database import connect
        from ytempire.warehouse.migrate import migrate

        with self._progress.step("Warehouse", "tables and roles"):
            migrate(settings().warehouse_url())
            # Ours: as superuser, who may set what a login role is bound to.
            url = None if self._context.own.warehouse.url else self._postgres.url("warehouse")
            with connect(url) as db:
                roles.ensure(db)

    def airflow(self) -> None:
        with self._progress.step("Airflow", "starting") as step:
            airflow_start.start(
                self._supervisor, self._context, self._postgres, self.give_up, step.note
            )

    def youtube(self) -> None:
        service = youtube_service(self._context)
        if service is None:
            self._supervisor.stop(YOUTUBE)
            return
        self._start("Local YouTube", service)

    def stripe(self) -> None:
        service = stripe_service(self._context)
        if service is None:
            self._supervisor.stop(STRIPE)
            return
        self._start("Local Stripe", service)

    def dashboards(self) -> None:
        self._start("Dashboards", dashboards_service(self._context))

    def sdxl(self) -> None:
        service = sdxl_service(self._context)
        if service is None:
            self._supervisor.stop(SDXL)
            return
        self._start("Pictures (SDXL)", service, WEIGHTS_WITHIN_S)

    def _start(self, title: str, service: Service, within_s: float = HEALTHY_WITHIN_S) -> None:
        with self._progress.step(title, "starting") as step:
            started = self._supervisor.ensure(service)
            check = health_check(self._context, service.name)
            self._supervisor.await_health(service.name, check, within_s, self.give_up)
            step.note(_listening(started, service.port))


def _listening(started: bool, port: int | None) -> str:
    return f"{'started' if started else 'was up'}, 127.0.0.1:{port}"


def _side_by_side(give_up: threading.Event, *jobs: Callable[[], None]) -> None:
    """Run jobs in threads. The first that fails makes the others give up; its error is raised."""
    errors: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)
            give_up.set()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        try:
            for _ in pool.map(guarded, jobs):
                pass
        except KeyboardInterrupt:
            give_up.set()
            raise
    if errors:
        raise errors[0]
