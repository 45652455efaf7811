"""The warehouse: one Postgres for what is true (`ops`), what landed (`raw`) and what dbt models.

| module         | does                                                                 |
|----------------|----------------------------------------------------------------------|
| `database`     | connections                                                          |
| `migrate`      | brings `ops` and `raw` to the newest revision                        |
| `roles`        | what the read-only logins may see                                    |
| `load`         | bulk landing by COPY; keeps a version only where something changed   |
| `sieve`        | of a large load, which rows have keys that are new to the table      |
| `copying`      | COPY itself: rows as they come, or as CSV written by Arrow           |
| `keyed`        | a table of `raw` by its key and its months                           |
| `expectations` | stops bad landed rows before they are modelled                       |
| `transform`    | runs dbt                                                             |
| `history`      | keeps what the marts said, build by build                            |
| `thinning`     | of what they said long ago, keeps what each day ended with           |
| `retention`    | drops old months of `raw`, but for the rows that models read         |
| `forgetting`   | what names someone goes, the figures stay: the parts in common       |
"""
