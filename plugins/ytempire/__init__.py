"""YTEmpire: the library behind the DAGs, the command line and the dashboards.

Rooms, and who may import whom (left to right; `tests/unit/test_house.py` holds it):

    domain, errors <- config <- providers, warehouse <- alerts <- costs; warehouse <- learning
        <- runs <- channels | studio; channels <- analytics; all of them <- planning
        <- local, emulators <- dags, cli; emulators import providers only (a voice to answer with)

| room         | holds                                                                   |
|--------------|-------------------------------------------------------------------------|
| `domain`     | frozen types: Script, Narration, Video, Usage, Identity                 |
| `errors`     | typed errors; each says what to do                                      |
| `config`     | the only reader of the environment                                      |
| `journal`    | where work writes down what it buys, and what it makes do with          |
| `providers/` | one Protocol per capability and its implementations                     |
| `warehouse/` | connections, clock, migrations, roles, bulk load, expectations, dbt     |
| `alerts/`    | what people are told, once a cause: finding it, handing it on by Apprise |
| `people/`    | who may sign in to the dashboards, and the audit log of what they did    |
| `costs/`     | price book, ledger, budgets; the door that every paid call goes through  |
| `runs/`      | the queue, stage runs and artefacts of videos: each stage done once      |
| `studio/`    | text in, checked video out                                              |
| `channels/`  | accounts, grants, health, quota; choosing, publishing once, guarding    |
| `analytics/` | pulls by age: counters, days, retention, reach, trends into `raw`       |
| `learning/`  | forecasts of what the house's own figures lead to, and experiments        |
| `planning/`  | what to make next: ideas and requests                                   |
| `local/`     | the embedded Postgres, `up` and `down`                                  |
| `emulators/` | protocol-true local servers                                             |
| `world/`     | a simulated business of any size, for benchmarks, demonstrations and tests |
| `airflow`    | assets, retry policy, tags: what DAG files share                        |
| `cli`        | `ytempire …`; `cli_channels`, `cli_emulators` …: its groups             |
"""
