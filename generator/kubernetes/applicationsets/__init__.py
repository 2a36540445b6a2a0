"""ApplicationSets as the Applications that Argo CD makes of them, over the files at hand.

Source: argo-cd, applicationset/generators, applicationset/utils and applicationset/controllers/template
"""
