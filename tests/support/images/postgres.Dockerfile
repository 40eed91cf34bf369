# Stands in for postgres:16 where no image registry answers: the server of PyPI's wheel `pgserver`, with the
# variables and folders of the official image that the deployment uses. The context is the unpacked wheel.
FROM debian:bookworm-slim
# The binaries look for their libraries beside the package.
COPY pgserver /opt/pgserver
COPY pgserver.libs /opt/pgserver.libs
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
RUN groupadd --system --gid 999 postgres && useradd --system --uid 999 --gid postgres --no-create-home postgres && \
    mkdir -p /var/lib/postgresql/data /var/run/postgresql && chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql && \
    chmod 3777 /var/run/postgresql
ENV PATH=/opt/pgserver/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
STOPSIGNAL SIGINT
CMD ["postgres"]
