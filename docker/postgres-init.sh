#!/usr/bin/env bash
# Run once by the Postgres image, when its volume is empty: the databases and roles that the local
# driver makes (plugins/ytempire/local/postgres.py). Grants on schemas are made by prepare.sh.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv airflow AIRFLOW_DB_PASSWORD
\getenv ytempire WAREHOUSE_PASSWORD
\getenv analyst ANALYST_PASSWORD
\getenv dashboard DASHBOARD_DB_PASSWORD
create role airflow login password :'airflow';
create role ytempire login password :'ytempire';
create role analyst login password :'analyst';
create role dashboard login password :'dashboard';
create role owner nologin;
-- What only a superuser may set for another role (warehouse/roles.py does it on one machine).
alter role analyst set default_transaction_read_only = on;
alter role analyst set statement_timeout = '60s';
alter role dashboard set default_transaction_read_only = on;
alter role dashboard set statement_timeout = '30s';
create database airflow owner airflow;
create database warehouse owner ytempire;
revoke all on database airflow from public;
revoke all on database warehouse from public;
grant connect on database warehouse to analyst;
grant connect on database warehouse to dashboard;
SQL
