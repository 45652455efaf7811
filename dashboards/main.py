"""What each browser session runs: the frame around the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards import navigation, parts, people

#: A file: an emoji or a name would make the browser ask elsewhere for its picture.
ICON = Path(__file__).with_name("icon.svg")
LOGO = Path(__file__).with_name("logo.svg")

st.set_page_config(page_title="YTEmpire", page_icon=str(ICON), layout="wide")
parts.apply_style()
st.logo(str(LOGO), size="large")
with people.looking():
    st.navigation(navigation.pages(), position="top").run()
