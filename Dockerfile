# Tiphys with Helm, kustomize and Git. Everything comes from registries: the base image by its digest, packages of Python
# by the hashes of requirements/extras.txt, kustomize from the registry of Go modules, which checks its sum, and Debian's own.
ARG PYTHON=docker.io/library/python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${PYTHON} AS kustomize
RUN apt-get update -qq \
 && apt-get install -qq -y --no-install-recommends ca-certificates golang-go
ENV CGO_ENABLED=0 GOBIN=/out GOFLAGS=-trimpath GOTOOLCHAIN=local
RUN go install -ldflags="-s -w" sigs.k8s.io/kustomize/kustomize/v5@v5.8.1

FROM ${PYTHON} AS tiphys
COPY requirements/extras.txt /source/requirements/
RUN python3 -m venv /opt/tiphys
RUN /opt/tiphys/bin/pip install -q --no-cache-dir --require-hashes --only-binary=:all: -r /source/requirements/extras.txt
COPY . /source
RUN /opt/tiphys/bin/pip install -q --no-cache-dir --no-deps --no-build-isolation /source
# What built and installed the package is in no layer of the image.
RUN /opt/tiphys/bin/pip uninstall -q -y hatchling pluggy trove-classifiers && /opt/tiphys/bin/pip uninstall -q -y pip

FROM ${PYTHON}
RUN apt-get update -qq \
 && apt-get install -qq -y --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin tiphys
COPY --from=kustomize /out/kustomize /usr/local/bin/kustomize
COPY --from=tiphys /opt/tiphys /opt/tiphys
ENV PATH=/opt/tiphys/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER tiphys
WORKDIR /workspace
ENTRYPOINT ["tiphys"]
CMD ["--help"]
