# Stands in for redis:7 where no image registry answers: Debian's Redis 7.
FROM debian:bookworm-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null && \
    apt-get clean && rm -rf /var/lib/apt/lists/* && groupmod --non-unique --gid 999 redis && usermod --non-unique --uid 999 redis
WORKDIR /data
CMD ["redis-server"]
