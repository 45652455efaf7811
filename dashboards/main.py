"""What each browser session runs: the frame around the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards import parts
from dashboards.pages import channels, costs, customers, overview, revenue, videos

#: A file: an emoji or a name would make the browser ask elsewhere for its picture.
ICON = Path(__file__).with_name("icon.svg")
LOGO = Path(__file__).with_name("logo.svg")

st.set_page_config(page_title="YTEmpire", page_icon=str(ICON), layout="wide")
parts.apply_style()
st.logo(str(LOGO), size="large")
page = st.navigation(
    [
        st.Page(overview.show, title="Overview", url_path="overview", default=True),
        st.Page(revenue.show, title="Revenue", url_path="revenue"),
        st.Page(costs.show, title="Costs", url_path="costs"),
        st.Page(channels.show, title="Channels", url_path="channels"),
        st.Page(videos.show, title="Videos", url_path="videos"),
        st.Page(customers.show, title="Customers", url_path="customers"),
    ],
    position="top",
)
page.run()
