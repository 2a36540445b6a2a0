class JsonSchemaValueException(ValueError): pass
BY_KIND={k:(lambda d:d) for k in ("pipeline","environment","workspace","strategy","profile","service","analysistemplate")}
