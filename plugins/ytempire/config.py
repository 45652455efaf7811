"""The only reader of the environment: `YTEMPIRE_<SECTION>__<KEY>`, then `.env`, then what
`make up` wrote to `var/local.env`.

`.env.example` documents each setting; a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ytempire.errors import InvalidInput, NotConfigured

#: The checkout: the folder that holds `plugins/`.
REPOSITORY = Path(__file__).resolve().parents[2]


class Warehouse(BaseModel):
    """Postgres. Unset: the embedded one, whose addresses `make up` writes."""

    url: SecretStr | None = None
    analyst_url: SecretStr | None = None
    #: Read-only on the marts and the operator views: what the dashboards use.
    dashboard_url: SecretStr | None = None
    #: Days for which every version of what the marts said is kept; older days keep their last.
    snapshot_days: int = Field(default=90, ge=1)
    #: Months before this one of which all that landed is kept; of older ones what the models read.
    raw_months: int = Field(default=14, ge=3)


class Storage(BaseModel):
    """Where scripts, sounds, pictures and cuts are kept: `file://`, `s3://` or `gs://`."""

    root: str | None = None


class YouTube(BaseModel):
    """The YouTube to speak to. Unset endpoint: Google's, when a grant is configured, else local."""

    endpoint: str | None = None
    #: OAuth client of your Google Cloud project (one project per API client: Developer Policies).
    client_id: str | None = None
    client_secret: SecretStr | None = None
    project: str = "default"
    #: What Google grants the project a Pacific day, by bucket; a change counts from the next day.
    uploads_per_day: int = Field(default=100, ge=0)
    searches_per_day: int = Field(default=100, ge=0)
    stats_per_day: int = Field(default=10_000, ge=0)
    units_per_day: int = Field(default=10_000, ge=0)
    #: Also ask for the scope by which a channel's strikes can be read (a partner's scope).
    audits: bool = False
    #: Rank ideas by a pace computed from YouTube's statistics (Developer Policies III.E.4.h: such a
    #: score is YTEmpire's, not YouTube's, and needs Google's approval where it is shown to others).
    derived_scores: bool = True
    #: Bytes of one upload chunk: a multiple of 256 KiB.
    chunk_bytes: int = Field(default=8 * 1024 * 1024, multiple_of=256 * 1024)
    #: Seconds of silence after which a request is given up.
    timeout_s: float = 30.0
    #: What a new video of a real channel is: private until a person has looked at it.
    privacy: Literal["private", "unlisted", "public"] = "private"


class Costs(BaseModel):
    """What this machine costs, for stages that no provider bills."""

    machine_usd_per_hour: Decimal = Decimal("0.12")
    #: One card, for stages that ran on it.
    gpu_usd_per_hour: Decimal = Decimal("0.60")


class Budgets(BaseModel):
    """What may be spent, in USD; None: it is only counted. Days and months are UTC's."""

    video_usd: Decimal | None = Field(default=Decimal("3.00"), ge=0)
    #: From here on a video's spending is told to a person.
    video_warn_usd: Decimal | None = Field(default=Decimal("2.50"), ge=0)
    #: What providers may bill for a standard video; near it, its stages work in the economy tier.
    standard_ai_usd: Decimal = Field(default=Decimal("0.50"), ge=0)
    #: Of the other budgets: the share from which on a person is told.
    warn_share: Decimal = Field(default=Decimal("0.80"), gt=0, le=1)
    provider_usd_per_day: dict[str, Decimal] = {"openai": Decimal(500)}
    channel_usd_per_month: Decimal | None = Field(default=None, ge=0)
    customer_usd_per_month: Decimal | None = Field(default=None, ge=0)
    house_usd_per_month: Decimal | None = Field(default=None, ge=0)


class Studio(BaseModel):
    """Rendering. `threads` 0 leaves it to FFmpeg."""

    threads: int = Field(default=0, ge=0)
    #: `auto` (a hardware encoder that is found to work, else libx264), or one by FFmpeg's name.
    encoder: str = "auto"
    voice_wpm: int = Field(default=165, ge=80, le=400)


class OpenAI(BaseModel):
    """A writer, a judge and a moderator: OpenAI, or any server that speaks its protocol."""

    api_key: SecretStr | None = None
    #: Reads the organisation's usage, which no other key may: what the ledger is compared with.
    admin_key: SecretStr | None = None
    #: The project whose usage is ours (`proj_…`); empty: all of the organisation's.
    project: str = ""
    base_url: str = "https://api.openai.com/v1"
    large_model: str = "gpt-5.1"
    small_model: str = "gpt-5-mini"
    #: Empty: the server has no moderation endpoint; the rules decide alone.
    moderation_model: str = "omni-moderation-latest"
    #: Planned scripts are ordered a slot ahead: half the price, within a day.
    batches: bool = True
    #: Seconds that a whole answer may take, however slowly it drips.
    deadline_s: float = Field(default=120.0, gt=0)


class ElevenLabs(BaseModel):
    """A natural voice with word times."""

    api_key: SecretStr | None = None
    base_url: str = "https://api.elevenlabs.io"
    #: Of premium videos, and of standard ones; an economy video has no paid voice.
    model: str = "eleven_multilingual_v2"
    standard_model: str = "eleven_flash_v2_5"
    #: The voice of a channel that names none.
    voice: str = "JBFqnCBsd6RMkjVDRZzb"
    characters_per_day: int = Field(default=100_000, ge=0)
    deadline_s: float = Field(default=120.0, gt=0)


class GoogleVoice(BaseModel):
    """gTTS: Google Translate's voice, without a key. Off: it sends texts to Google."""

    enabled: bool = False
    endpoint: str = "https://translate.google.com"
    deadline_s: float = Field(default=60.0, gt=0)


class SDXL(BaseModel):
    """Pictures by diffusion on a GPU (or, slowly, a CPU). Unset weights: the painter."""

    #: A folder in diffusers' layout, or a model's id on a hub.
    weights: str | None = None
    #: Where a model id is fetched from; unset: weights must be a folder, nothing is downloaded.
    hub: str | None = None
    #: The resident pipeline that the slots feed; unset: each process loads its own.
    host: str | None = None
    #: What the host asks of its clients; it listens beyond loopback only with one.
    token: SecretStr | None = None
    device: str = "auto"
    precision: Literal["bf16", "int8", "fp32"] = "bf16"
    steps: int = Field(default=30, ge=1, le=100)
    guidance: float = Field(default=6.0, ge=0, le=20)
    deadline_s: float = Field(default=300.0, gt=0)


class Pexels(BaseModel):
    """Stock pictures and clips by licence of Pexels."""

    api_key: SecretStr | None = None
    base_url: str = "https://api.pexels.com"
    deadline_s: float = Field(default=60.0, gt=0)


class Media(BaseModel):
    """Your own pictures and clips."""

    folder: Path | None = None


class Review(BaseModel):
    """When a person is asked, and for how long."""

    #: Below this confidence a video waits for a person.
    minimum_confidence: float = Field(default=0.70, ge=0, le=1)
    #: Hours until a review that nobody answered is taken for a rejection.
    timeout_h: float = Field(default=48.0, gt=0)


class Alerts(BaseModel):
    """Whom alerts are told; they are kept in any case."""

    #: Apprise's addresses, separated by blanks or commas (`slack://…`, `mailto://…`).
    urls: SecretStr | None = None
    #: A provider's spending of a day is unusual at so many times its median of two weeks,
    unusual_times: Decimal = Field(default=Decimal(3), gt=1)
    #: and from so many USD on.
    unusual_from_usd: Decimal = Field(default=Decimal("1.00"), ge=0)


class Stripe(BaseModel):
    """The books. Without a key of yours: the local Stripe, which `make up` starts."""

    #: A restricted key that may read is enough (`rk_live_…`); one of test mode is simulated money.
    api_key: SecretStr | None = None
    #: Unset: Stripe's own.
    endpoint: str | None = None
    #: Seconds that a whole answer may take, and how often the client asks again.
    deadline_s: float = Field(default=30.0, gt=0)
    retries: int = Field(default=3, ge=0, le=10)


class Business(BaseModel):
    """What is known of the business besides YouTube and Stripe."""

    #: Where exchange rates are read, in the ECB's format, CSV or zipped; unset: from files alone.
    rates_url: str | None = None
    #: Google Ads accounts (customer ids), separated by commas.
    google_ads_accounts: str = ""


class Emulator(BaseModel):
    """The local YouTube, and the local Stripe: seed and speed are of both."""

    seed: int = 7
    #: Simulated seconds per real second.
    speed: float = Field(default=1.0, gt=0)
    #: Channels of one's own, each with its simulated past.
    channels: int = Field(default=3, ge=1, le=60)


class Ports(BaseModel):
    """Preferred ports on loopback; one in use is replaced by a free one, and that is said."""

    postgres: int = 15432
    airflow: int = 8080
    dashboards: int = 8501
    youtube: int = 8090
    stripe: int = 8095
    sdxl: int = 8190


class Secrets(BaseModel):
    """Keys of this installation."""

    #: Comma-separated Fernet keys, newest first; encrypts the channels' grants.
    grant_keys: SecretStr | None = None
    #: Signs the dashboards' session cookie.
    dashboard_key: SecretStr | None = None
    dashboard_password: SecretStr | None = None


class Dashboards(BaseModel):
    """The dashboards behind a proxy of yours."""

    #: Where people reach them, `https://dashboards.example.com`; set, the proxy is believed when it
    #: says who asks.
    address: str | None = Field(default=None, pattern=r"^https?://[^/\s]+/?$")


class OIDC(BaseModel):
    """Sign-in to the dashboards through your organisation, named as Streamlit's `st.login` does."""

    client_id: str | None = None
    client_secret: SecretStr | None = None
    server_metadata_url: str | None = None
    #: Where the provider sends people back to: the dashboards' own address and `/oauth2callback`.
    redirect_uri: str | None = None
    #: Signs what a browser keeps between the two; unset: the key of the sessions.
    cookie_secret: SecretStr | None = None
    #: The role of people whom nobody has added; unset: they are refused.
    role: Literal["viewer", "user", "admin"] | None = None


class Settings(BaseSettings):
    """Every setting of the platform."""

    model_config = SettingsConfigDict(
        env_prefix="YTEMPIRE_", env_nested_delimiter="__", extra="ignore", env_ignore_empty=True
    )

    home: Path = REPOSITORY / "var"
    warehouse: Warehouse = Warehouse()
    storage: Storage = Storage()
    youtube: YouTube = YouTube()
    costs: Costs = Costs()
    budgets: Budgets = Budgets()
    studio: Studio = Studio()
    openai: OpenAI = OpenAI()
    elevenlabs: ElevenLabs = ElevenLabs()
    google_voice: GoogleVoice = GoogleVoice()
    sdxl: SDXL = SDXL()
    pexels: Pexels = Pexels()
    media: Media = Media()
    review: Review = Review()
    alerts: Alerts = Alerts()
    stripe: Stripe = Stripe()
    business: Business = Business()
    emulator: Emulator = Emulator()
    ports: Ports = Ports()
    dashboards: Dashboards = Dashboards()
    oidc: OIDC = OIDC()
    secrets: Secrets = Secrets()

    @property
    def storage_root(self) -> str:
        return self.storage.root or (self.home / "storage").as_uri()

    def warehouse_url(self) -> str:
        """DSN of the owner role.

        Raises:
            NotConfigured: nothing is up and no URL is set.
        """
        return _secret(self.warehouse.url, "YTEMPIRE_WAREHOUSE__URL")

    def analyst_url(self) -> str:
        """DSN of the read-only role."""
        return _secret(self.warehouse.analyst_url, "YTEMPIRE_WAREHOUSE__ANALYST_URL")

    def dashboard_url(self) -> str:
        """DSN of the dashboards' read-only role; the analyst's, where there is no own one."""
        url = self.warehouse.dashboard_url or self.warehouse.analyst_url
        return _secret(url, "YTEMPIRE_WAREHOUSE__DASHBOARD_URL")


def _secret(value: SecretStr | None, name: str) -> str:
    if value is None:
        raise NotConfigured(
            "There is no warehouse to speak to.",
            f"Start the local one with `make up`, or set {name}.",
        )
    return value.get_secret_value()


def _load(*, with_local: bool) -> Settings:
    files: list[Path] = [REPOSITORY / ".env"]
    home = Path(os.environ.get("YTEMPIRE_HOME") or REPOSITORY / "var")
    if with_local:
        files.insert(0, home / "local.env")  # a later file wins
    try:
        return Settings(_env_file=tuple(files))  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [
            f"YTEMPIRE_{'__'.join(str(part).upper() for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        ]
        raise InvalidInput("A setting cannot be used:", "\n".join(lines)) from error


@lru_cache
def settings() -> Settings:
    """The settings in force, read once per process. Raises InvalidInput naming each bad one."""
    return _load(with_local=True)


def own_settings() -> Settings:
    """What a person configured, without what `make up` filled in: tells yours from ours."""
    return _load(with_local=False)


def digest_of(root: Path, files: Iterable[Path]) -> str:
    """Names files below a folder as they are now: their places and contents, in 16 characters."""
    digest = sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def inherited_environment() -> dict[str, str]:
    """A copy of this process's environment, for a service that is started from it.

    Services may keep what they compiled: without it each start of dbt compiles a thousand modules
    anew (6.6 instead of 4.1 s until its first line).
    """
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept
