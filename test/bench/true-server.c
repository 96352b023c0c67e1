/*
 * A server that knows how long it took. It answers one connection after the other, each after the delay that the path
 * names (`/50` is 50 ms), and prints how long that really was, in microseconds, from the last byte of the request to
 * the first of the answer. It sleeps for most of the delay and spins for the rest, so that the delay is true to some
 * ten microseconds. WebSocket upgrades are answered in the same way.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SPIN_NS 300000
#define PATIENCE_MS 2000

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void wait_until(int64_t end_ns) {
  int64_t left = end_ns - now_ns() - SPIN_NS;
  if (left > 0) {
    struct timespec t = {left / 1000000000, left % 1000000000};
    nanosleep(&t, NULL);
  }
  while (now_ns() < end_ns) {
  }
}

static uint32_t rol(uint32_t value, int bits) {
  return (value << bits) | (value >> (32 - bits));
}

/* SHA-1 (FIPS 180-4) of a text of at most 119 bytes: two blocks. */
static void sha1(const char *text, uint8_t digest[20]) {
  uint8_t data[128] = {0};
  size_t length = strlen(text), blocks = length > 55 ? 2 : 1;
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  memcpy(data, text, length);
  data[length] = 0x80;
  data[blocks * 64 - 2] = (uint8_t)(length * 8 >> 8);
  data[blocks * 64 - 1] = (uint8_t)(length * 8);
  for (size_t block = 0; block < blocks; block++) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
      const uint8_t *p = data + block * 64 + i * 4;
      w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t t = rol(a, 5) + f + e + k + w[i];
      e = d, d = c, c = rol(b, 30), b = a, a = t;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - i % 4 * 8));
}

static void base64(const uint8_t *bytes, char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 21; i += 3, text += 4) {
    uint32_t v = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | (i + 2 < 20 ? bytes[i + 2] : 0);
    for (int j = 0; j < 4; j++) text[j] = digits[v >> (18 - j * 6) & 63];
  }
  text[-1] = '=';
  *text = 0;
}

static int header(const char *request, const char *name, char *value, size_t size) {
  const char *line = strcasestr(request, name);
  if (line == NULL) return 0;
  line += strlen(name);
  while (*line == ' ') line++;
  size_t length = strcspn(line, "\r\n");
  if (length >= size) return 0;
  memcpy(value, line, length);
  value[length] = 0;
  return 1;
}

/* Reads until the head is complete; 0 when the client goes away or is silent. */
static int read_head(int client, char *request, size_t size) {
  size_t got = 0;
  while (got + 1 < size) {
    struct pollfd waiting = {client, POLLIN, 0};
    if (poll(&waiting, 1, PATIENCE_MS) <= 0) return 0;
    ssize_t more = read(client, request + got, size - 1 - got);
    if (more <= 0) return 0;
    got += (size_t)more;
    request[got] = 0;
    if (strstr(request, "\r\n\r\n") != NULL) return 1;
  }
  return 0;
}

static void answer(int client) {
  char request[16384], key[128], nonce[128 + 40], accept[32], protocol[8192], reply[12000];
  if (!read_head(client, request, sizeof request)) return;
  int64_t started = now_ns();
  double delay_ms = 0;
  sscanf(request, "%*s /%lf", &delay_ms);
  int upgrade = header(request, "\nsec-websocket-key:", key, sizeof key);
  if (upgrade) {
    uint8_t digest[21] = {0};
    snprintf(nonce, sizeof nonce, "%.64s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1(nonce, digest);
    base64(digest, accept);
    int offered = header(request, "\nsec-websocket-protocol:", protocol, sizeof protocol);
    protocol[offered ? strcspn(protocol, ",") : 0] = 0;
    snprintf(reply, sizeof reply,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
             accept, offered ? "Sec-WebSocket-Protocol: " : "", protocol, offered ? "\r\n" : "");
  } else {
    snprintf(reply, sizeof reply,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
             "{\"status\":\"healthy\"}");
  }
  wait_until(started + (int64_t)(delay_ms * 1e6));
  int64_t ended = now_ns();
  if (write(client, reply, strlen(reply)) < 0) return;
  printf("%lld\n", (long long)((ended - started) / 1000));
  fflush(stdout);
  /* The client hangs up first, or has PATIENCE_MS for it. */
  if (!upgrade) shutdown(client, SHUT_WR);
  while (poll(&(struct pollfd){client, POLLIN, 0}, 1, PATIENCE_MS) > 0 && read(client, request, sizeof request) > 0) {
    if (upgrade) shutdown(client, SHUT_WR);
  }
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 64) < 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) return 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    answer(client);
    close(client);
  }
}
