"""Evaluation: a gold set asked of a retriever, measured, compared and reported.

gold -> qrels -> run -> measures, intervals, calibration -> summary -> compare, report, page
"""
