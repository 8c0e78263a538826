// Solves a file of `gongyi bench assign` with LEMON, for a ratio in one run; see README.md here.
//   lemon ns|cs FILE
// prints one JSON object: objective, placed, cpu_s (after reading), peak_mb.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

using Graph = lemon::SmartDigraph;

static std::vector<int32_t> read(FILE *f, size_t n) {
  std::vector<int32_t> v(n);
  if (std::fread(v.data(), 4, n, f) != n) {
    std::fprintf(stderr, "the file ends early\n");
    std::exit(2);
  }
  return v;
}

static double cpu() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  auto s = [](timeval t) { return t.tv_sec + t.tv_usec / 1e6; };
  return s(u.ru_utime) + s(u.ru_stime);
}

template <class Solver>
static int solve(const char *name, Graph &g, Graph::ArcMap<int64_t> &cap,
                 Graph::ArcMap<int64_t> &cost, Graph::NodeMap<int64_t> &supply,
                 const std::vector<Graph::Arc> &choices, double begun) {
  Solver s(g);
  s.upperMap(cap).costMap(cost).supplyMap(supply);
  if (s.run() != Solver::OPTIMAL) {
    std::fprintf(stderr, "no optimum\n");
    return 1;
  }
  int64_t objective = 0, placed = 0;
  for (auto a : choices)
    if (s.flow(a) > 0) {
      objective -= cost[a];
      placed++;
    }
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  std::printf("{\"solver\":\"%s\",\"objective\":%lld,\"placed\":%lld,\"cpu_s\":%.3f,\"peak_mb\":%.1f}\n",
              name, (long long)objective, (long long)placed, cpu() - begun, u.ru_maxrss / 1024.0);
  return 0;
}

int main(int argc, char **argv) {
  FILE *f = argc == 3 ? std::fopen(argv[2], "rb") : nullptr;
  char magic[4];
  if (!f || std::fread(magic, 1, 4, f) != 4 || std::memcmp(magic, "BMAT", 4) != 0) {
    std::fprintf(stderr, "lemon ns|cs FILE\n");
    return 2;
  }
  auto head = read(f, 3);
  int workers = head[0], posts = head[1], edges = head[2];
  auto heads = read(f, posts), start = read(f, workers + 1), post = read(f, edges),
       score = read(f, edges);
  std::fclose(f);
  double begun = cpu();

  // Everybody sends one unit: to a vacancy, or past all of them for nothing.
  Graph g;
  g.reserveNode(workers + posts + 1);
  g.reserveArc(edges + workers + posts);
  std::vector<Graph::Node> w(workers), p(posts);
  for (auto &n : w) n = g.addNode();
  for (auto &n : p) n = g.addNode();
  Graph::Node sink = g.addNode();
  Graph::ArcMap<int64_t> cap(g), cost(g);
  Graph::NodeMap<int64_t> supply(g, 0);
  std::vector<Graph::Arc> choices;
  choices.reserve(edges);
  auto arc = [&](Graph::Node a, Graph::Node b, int64_t c, int64_t price) {
    Graph::Arc e = g.addArc(a, b);
    cap[e] = c;
    cost[e] = price;
    return e;
  };
  for (int i = 0; i < workers; i++) {
    supply[w[i]] = 1;
    for (int e = start[i]; e < start[i + 1]; e++)
      choices.push_back(arc(w[i], p[post[e]], 1, -int64_t(score[e])));
    arc(w[i], sink, 1, 0);
  }
  for (int j = 0; j < posts; j++) arc(p[j], sink, heads[j], 0);
  supply[sink] = -workers;
  if (!std::strcmp(argv[1], "cs"))
    return solve<lemon::CostScaling<Graph, int64_t>>("cost scaling", g, cap, cost, supply, choices,
                                                     begun);
  return solve<lemon::NetworkSimplex<Graph, int64_t>>("network simplex", g, cap, cost, supply,
                                                      choices, begun);
}
