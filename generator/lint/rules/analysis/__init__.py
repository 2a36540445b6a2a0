"""Rules over AnalysisTemplates, analysis runs and experiments."""
