"""The named file formats of transaction messages: their headers, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.transactions.layout import MESSAGE_NAMES

REQUIRED = ("cusip", "execution_date", "price", "par")
"""What no dialect can do without."""

_FINRA_ENHANCED = {
    "Record Count Num": None,
    "Reference Number": "sequence",
    "Trade Status": "status",
    "TRACE Symbol": None,
    "CUSIP": "cusip",
    "Bloomberg Identifier": None,
    "Sub Product": "product",
    "When Issued Indicator": "when_issued",
    "Remuneration": "remuneration",
    "Quantity": "par",
    "Price": "price",
    "Yield Direction": None,
    "Yield": "yield_percent",
    "As Of Indicator": "as_of",
    "Execution Date": "execution_date",
    "Execution Time": "execution_time",
    "Trade Report Date": "report_date",
    "Trade Report Time": "report_time",
    "Settlement Date": "settlement_date",
    "Trade Modifier 3": "modifier_3",
    "Trade Modifier 4": "modifier_4",
    "Buy/Sell Indicator": "side",
    "Buyer Commission": None,
    "Buyer Capacity": "buyer_capacity",
    "Seller Commission": None,
    "Seller Capacity": "seller_capacity",
    "Reporting Party Type": "reporter",
    "Contra Party Indicator": "contra",
    "Locked In Indicator": "locked_in",
    "ATS Indicator": "ats",
    "Special Price Indicator": "special_price",
    "Trading Market Indicator": "market",
    "Dissemination Flag": None,
    "Prior Trade Report Date": "prior_report_date",
    "Prior Reference Number": "prior_sequence",
    "First Trade Control Date": "first_control_date",
    "First Trade Control Number": "first_control_number",
}

_FINRA_ENHANCED_OLD = {
    "MSG_SEQ_NB": "sequence",
    "TRC_ST": "status",
    "BOND_SYM_ID": None,
    "CUSIP_ID": "cusip",
    "CMPNY_NM": None,
    "MTRTY_DT": None,
    "SCRTY_TYPE_CD": "product",
    "WIS_FL": "when_issued",
    "CMSN_TRD": "remuneration",
    "ENTRD_VOL_QT": "par",
    "RPTD_PR": "price",
    "YLD_SIGN_CD": None,
    "YLD_PT": "yield_percent",
    "ASOF_CD": "as_of",
    "TRD_EXCTN_DT": "execution_date",
    "EXCTN_TM": "execution_time",
    "TRD_RPT_DT": "report_date",
    "TRD_RPT_TM": "report_time",
    "DAYS_TO_STTL_CT": "settlement_days",
    "SALE_CNDTN_CD": "sale_condition",
    "SALE_CNDTN2_CD": None,
    "RPT_SIDE_CD": "side",
    "BUY_CMSN_RT": None,
    "BUY_CPCTY_CD": "buyer_capacity",
    "SELL_CMSN_RT": None,
    "SELL_CPCTY_CD": "seller_capacity",
    "CNTRA_MP_ID": "contra",
    "AGU_QSR_ID": "give_up",
    "SPCL_TRD_FL": "special_price",
    "TRDG_MKT_CD": "market",
    "DISSEM_FL": None,
    "ORIG_MSG_SEQ_NB": "prior_sequence",
}

_FINRA_ACADEMIC = {
    "REC_CT_NB": None,
    "TRD_ST_CD": "status",
    "ISSUE_SYM_ID": None,
    "CUSIP_ID": "cusip",
    "RPTG_PARTY_ID": "reporter_id",
    "RPTG_PARTY_GVP_ID": None,
    "PRDCT_SBTP_CD": "product",
    "WIS_DSTRD_CD": "when_issued",
    "NO_RMNRN_CD": "remuneration",
    "ENTRD_VOL_QT": "par",
    "RPTD_PR": "price",
    "YLD_DRCTN_CD": None,
    "CALCD_YLD_PT": "yield_percent",
    "ASOF_CD": "as_of",
    "TRD_EXCTN_DT": "execution_date",
    "TRD_EXCTN_TM": "execution_time",
    "TRD_RPT_DT": "report_date",
    "TRD_RPT_TM": "report_time",
    "TRD_STLMT_DT": "settlement_date",
    "TRD_MDFR_LATE_CD": "modifier_3",
    "TRD_MDFR_SRO_CD": "modifier_4",
    "RPT_SIDE_CD": "side",
    "BUYER_CMSN_AMT": None,
    "BUYER_CPCTY_CD": "buyer_capacity",
    "SLLR_CMSN_AMT": None,
    "SLLR_CPCTY_CD": "seller_capacity",
    "CNTRA_PARTY_ID": "contra_id",
    "CNTRA_PARTY_GVP_ID": None,
    "LCKD_IN_FL": "locked_in",
    "ATS_FL": "ats",
    "SPCL_PR_FL": "special_price",
    "TRDG_MKT_CD": "market",
    "PBLSH_FL": None,
    "SYSTM_CNTRL_DT": None,
    "SYSTM_CNTRL_NB": "sequence",
    "PREV_TRD_CNTRL_DT": "prior_report_date",
    "PREV_TRD_CNTRL_NB": "prior_sequence",
    "FIRST_TRD_CNTRL_DT": "first_control_date",
    "FIRST_TRD_CNTRL_NB": "first_control_number",
}

_FINRA_ACADEMIC_OLD = {
    "REC_CT_NB": "sequence",
    "TRC_ST": "status",
    "BOND_SYM_ID": None,
    "CUSIP_ID": "cusip",
    "RPTG_MKT_MP_ID": "reporter_id",
    "RPTG_SIDE_GVP_MP_ID": None,
    "SCRTY_TYPE_CD": "product",
    "WIS_CD": "when_issued",
    "CMSN_TRD_FL": "remuneration",
    "ENTRD_VOL_QT": "par",
    "RPTD_PR": "price",
    "YLD_SIGN_CD": None,
    "YLD_PT": "yield_percent",
    "ASOF_CD": "as_of",
    "TRD_EXCTN_DT": "execution_date",
    "EXCTN_TM": "execution_time",
    "TRD_RPT_DT": "report_date",
    "TRD_RPT_TM": "report_time",
    "TRD_STLMT_DT": "settlement_date",
    "SALE_CNDTN_CD": "sale_condition",
    "SALE_CNDTN2_CD": None,
    "RPT_SIDE_CD": "side",
    "BUY_CMSN_RT": None,
    "BUY_CPCTY_CD": "buyer_capacity",
    "SELL_CMSN_RT": None,
    "SELL_CPCTY_CD": "seller_capacity",
    "CNTRA_MP_ID": "contra_id",
    "CNTRA_GVP_ID": None,
    "AGU_TRD_ID": "give_up",
    "SPCL_PR_FL": "special_price",
    "TRDG_MKT_CD": "market",
    "DISSEM_FL": None,
    "PREV_REC_CT_NB": "prior_sequence",
}

_TREASURY = {
    "Record Count Number": None,
    "Reference Number": "sequence",
    "Trade Status": "status",
    "TRACE Symbol": None,
    "CUSIP": "cusip",
    "FIGI": None,
    "Benchmark Type": None,
    "Maturity Date": None,
    "Sub-Product": "product",
    "When Issued Indicator": "when_issued",
    "Remuneration": "remuneration",
    "Quantity": "par",
    "Price": "price",
    "Price Type": "price_kind",
    "Yield Direction": None,
    "Yield": "yield_percent",
    "As Of Indicator": "as_of",
    "Execution Date": "execution_date",
    "Execution Time": "execution_time",
    "Trade Report Date": "report_date",
    "Trade Report Time": "report_time",
    "Settlement Date": "settlement_date",
    "Trade Modifier 3": "modifier_3",
    "Trade Modifier 4": "modifier_4",
    "Buy/Sell Indicator": "side",
    "Buyer Commission": None,
    "Buyer Capacity": "buyer_capacity",
    "Seller Commission": None,
    "Seller Capacity": "seller_capacity",
    "Reporting Party Type": "reporter",
    "Contra Party Type": "contra",
    "ATS Indicator": "ats",
    "Special Price Indicator": "special_price",
    "Aggregate Indicator": "aggregate",
    "Dissemination Flag": None,
    "Prior Trade Report Date": "prior_report_date",
    "Prior Reference Number": "prior_sequence",
    "First Trade Control Date": "first_control_date",
    "First Trade Control Number": "first_control_number",
}

_ON_THE_RUN = {
    "MESSAGE_CATEGORY": None,
    "MESSAGE_TYPE": "status",
    "MESSAGE_SEQUENCE_NUMBER": "sequence",
    "MARKET_CENTER": None,
    "DATE_TIME": "report_date",
    "SYMBOL": None,
    "CUSIP": "cusip",
    "BSYM": None,
    "SUB_PRODUCT_TYPE": "product",
    "ORIGINAL_DISSEMINATION_DATE": "prior_report_date",
    "QUANTITY_INDICATOR": None,
    "QUANTITY": "par",
    "PRICE": "price",
    "REMUNERATION": "remuneration",
    "SPECIAL_PRICE_INDICATOR": "special_price",
    "SIDE": "side",
    "AS_OF_INDICATOR": "as_of",
    "EXECUTION_DATE_TIME": "execution_date",
    "SALE_CONDITION_3": "modifier_3",
    "SALE_CONDITION_4": "modifier_4",
    "SETTLEMENT_DATE": "settlement_date",
    "YIELD_DIRECTION": None,
    "YIELD": "yield_percent",
    "WHEN_ISSUED_INDICATOR": "when_issued",
    "REPORTING_PARTY_TYPE": "reporter",
    "CONTRA_PARTY_TYPE": "contra",
    "ATS_INDICATOR": "ats",
    "CHANGE_INDICATOR": None,
    "ORIGINAL_MESSAGE_SEQUENCE_NUMBER": "prior_sequence",
}

_WRDS = {
    "cusip_id": "cusip",
    "bond_sym_id": None,
    "company_symbol": None,
    "bloomberg_identifier": None,
    "trd_exctn_dt": "execution_date",
    "trd_exctn_tm": "execution_time",
    "trd_rpt_dt": "report_date",
    "trd_rpt_tm": "report_time",
    "msg_seq_nb": "sequence",
    "orig_msg_seq_nb": "prior_sequence",
    "pr_trd_dt": "prior_report_date",
    "trc_st": "status",
    "asof_cd": "as_of",
    "rptd_pr": "price",
    "entrd_vol_qt": "par",
    "yld_pt": "yield_percent",
    "rpt_side_cd": "side",
    "cntra_mp_id": "contra",
    "wis_fl": "when_issued",
    "spcl_trd_fl": "special_price",
    "days_to_sttl_ct": "settlement_days",
    "stlmnt_dt": "settlement_date",
    "lckd_in_ind": "locked_in",
    "sale_cndtn_cd": "sale_condition",
    "cmsn_trd": "remuneration",
    "buy_cpcty_cd": "buyer_capacity",
    "sell_cpcty_cd": "seller_capacity",
    "agu_qsr_id": "give_up",
    "trdg_mkt_cd": "market",
    "sub_prdct": "product",
    "scrty_type_cd": None,
    "trd_mod_3": "modifier_3",
    "trd_mod_4": "modifier_4",
    "rptg_party_type": "reporter",
    "ats_indicator": "ats",
    "first_trade_ctrl_date": "first_control_date",
    "first_trade_ctrl_num": "first_control_number",
}


@dataclass(frozen=True)
class Dialect:
    """One file format.

    Parameters
    ----------
    name : str
        What ``--dialect`` takes.
    headers : tuple of mapping
        One header a variant, in the order of the file: source name to the column of the
        layout, or None for what is not used.
    delimiter : str
        Of its text files; Parquet and SAS files need none.
    has_trailer : bool
        Whether the last line is a time stamp and the record count.
    needed : tuple of str
        Columns of the layout whose absence shows that this is another file.
    codes : mapping
        Column of the layout to the translation of its codes.
    derived : mapping
        Column of the layout to SQL over the columns that were read.
    numeric_time, text_time : str
        What a time without colons is in a column of numbers and in text: ``clock``
        (HHMMSS) or ``seconds`` after midnight.
    constants : mapping
        Column of the layout to the value of every row.
    """

    name: str
    headers: tuple[Mapping[str, str | None], ...]
    delimiter: str
    has_trailer: bool
    needed: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    numeric_time: str = "clock"
    text_time: str = "clock"
    constants: Mapping[str, str] = field(default_factory=dict)


LAYOUT = "layout"
"""Dialect of files that are in the layout already, whose rows keep their ids."""

_LIFE_CYCLE = (*REQUIRED, "execution_time", "report_date", "sequence", "status")

# Academic files name the contra party: a masked member, or what kind of other it is.
_CONTRA_OF_ID = {
    "contra": "CASE WHEN contra_id IN ('C', 'A', 'T') THEN contra_id "
    "WHEN contra_id IS NOT NULL THEN 'D' END",
    "contra_id": "CASE WHEN contra_id NOT IN ('C', 'A', 'T') THEN contra_id END",
}

DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "wrds",
            (_WRDS,),
            ",",
            has_trailer=False,
            needed=(*_LIFE_CYCLE, "prior_sequence"),
            numeric_time="seconds",
        ),
        Dialect(
            "finra-enhanced",
            (_FINRA_ENHANCED, _FINRA_ENHANCED_OLD),
            "|",
            has_trailer=True,
            needed=(*_LIFE_CYCLE, "prior_sequence"),
        ),
        Dialect(
            "finra-academic",
            (_FINRA_ACADEMIC, _FINRA_ACADEMIC_OLD),
            "|",
            has_trailer=True,
            needed=_LIFE_CYCLE,
            derived=_CONTRA_OF_ID,
        ),
        Dialect("treasury", (_TREASURY,), "|", has_trailer=True, needed=_LIFE_CYCLE),
        Dialect(
            "on-the-run",
            (_ON_THE_RUN,),
            "|",
            has_trailer=True,
            needed=(*REQUIRED, "report_date", "sequence", "status"),
            # The disseminated names of trade, cancel and correction.
            codes={"status": {"M": "T", "N": "X", "O": "W"}},
        ),
        Dialect(
            LAYOUT,
            ({name: name for name in MESSAGE_NAMES[1:]},),
            ",",
            has_trailer=False,
            needed=(*_LIFE_CYCLE, "prior_sequence"),
            numeric_time="seconds",
            text_time="seconds",
        ),
    )
}
"""By the name that ``--dialect`` takes."""
