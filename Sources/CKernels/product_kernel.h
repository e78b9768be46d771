/* The kernel, once for each width: the includer defines LANES, HEIGHT, TARGET and NAME(x).

   C is made in tiles of HEIGHT rows and two vectors, whose sums stay in registers while `inner` goes by. The left-hand matrix
   is read where it lies: each of its numbers is broadcast, so rows and columns cost the same. So is the right-hand one, unless
   it is transposed or a panel of it is not whole: that panel is copied first, for the first-level cache to hold. */
typedef float NAME(vector) __attribute__((ext_vector_type(LANES)));
typedef float NAME(loose) __attribute__((ext_vector_type(LANES), aligned(4)));
enum { NAME(panel) = 2 * LANES };

#define INLINE TARGET static inline __attribute__((always_inline))
#define LOAD(p) (*(const NAME(loose) *)(p))
#define STORE(p, x) (*(NAME(loose) *)(p) = (x))
#define UNROLL _Pragma("clang loop unroll(full)")

/* `width` ≤ panel columns of op(B) from `column`, rows `from` …, as `depth` lines of a whole panel, zeros where B has none. */
TARGET static void NAME(pack)(float *panel, const struct limb_product *p, const float *b, ptrdiff_t column,
                              ptrdiff_t width, ptrdiff_t from, ptrdiff_t depth) {
  if (width < NAME(panel)) memset(panel, 0, sizeof(float) * (size_t)(depth * NAME(panel)));
  if (!p->transpose_b) {
    for (ptrdiff_t k = 0; k < depth; k++)
      memcpy(panel + k * NAME(panel), b + (from + k) * p->stride_b + column, sizeof(float) * (size_t)width);
    return;
  }
  const ptrdiff_t whole = width & ~(ptrdiff_t)7, deep = depth & ~(ptrdiff_t)7;
  for (ptrdiff_t j = 0; j < whole; j += 8) {
    const float *rows = b + (column + j) * p->stride_b + from;
    for (ptrdiff_t k = 0; k < deep; k += 8)
      transpose8(panel + k * NAME(panel) + j, NAME(panel), rows + k, p->stride_b);
    for (ptrdiff_t k = deep; k < depth; k++)
      for (ptrdiff_t i = 0; i < 8; i++) panel[k * NAME(panel) + j + i] = rows[i * p->stride_b + k];
  }
  for (ptrdiff_t j = whole; j < width; j++)
    for (ptrdiff_t k = 0; k < depth; k++) panel[k * NAME(panel) + j] = b[(column + j) * p->stride_b + from + k];
}

/* What is fetched while a tile is made, so that no later one waits for memory: the rows of the next tile, and two lines of the
   next panel every sixteen numbers of `inner`. Addresses beyond a matrix do no harm. */
struct NAME(ahead) {
  const float *rows, *first, *second;
  ptrdiff_t step;
};
enum { NAME(stretch) = 16 };

/* `height`, `vectors` and one of `row_a` and `step_a` are constants wherever this is called: it unrolls into registers. */
INLINE void NAME(tile)(const int height, const int vectors, const float *a, const ptrdiff_t row_a, const ptrdiff_t step_a,
                       const float *b, ptrdiff_t step_b, ptrdiff_t depth, const struct NAME(ahead) *ahead, float *c,
                       ptrdiff_t stride_c, int adds) {
  NAME(vector) sums[HEIGHT][2];
  UNROLL for (int r = 0; r < height; r++)
    UNROLL for (int v = 0; v < vectors; v++)
      sums[r][v] = adds ? (NAME(vector))LOAD(c + r * stride_c + v * LANES) : (NAME(vector))0;
  const float *next = ahead->rows, *first = ahead->first, *second = ahead->second, *line_c = c;
  for (ptrdiff_t from = 0; from < depth; from += NAME(stretch)) {
    if (step_a == 1) {
      UNROLL for (int r = 0; r < height; r++) __builtin_prefetch(next + r * row_a + from);
    } else {
      UNROLL for (int k = 0; k < NAME(stretch); k++) __builtin_prefetch(next + (from + k) * step_a);
    }
    __builtin_prefetch(first);
    __builtin_prefetch(second);
    __builtin_prefetch(line_c, 1);
    __builtin_prefetch(line_c + LANES, 1);
    first += ahead->step;
    second += ahead->step;
    line_c += stride_c;
    const ptrdiff_t rest = depth - from < NAME(stretch) ? depth - from : NAME(stretch);
    for (ptrdiff_t k = 0; k < rest; k++) {
      NAME(vector) line[2];
      UNROLL for (int v = 0; v < vectors; v++) line[v] = LOAD(b + v * LANES);
      UNROLL for (int r = 0; r < height; r++) {
        const NAME(vector) x = (NAME(vector))a[r * row_a];
        UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = __builtin_elementwise_fma(x, line[v], sums[r][v]);
      }
      a += step_a;
      b += step_b;
    }
  }
  UNROLL for (int r = 0; r < height; r++)
    UNROLL for (int v = 0; v < vectors; v++) STORE(c + r * stride_c + v * LANES, sums[r][v]);
}

/* A tile of which `width` columns exist: by way of a whole one. */
INLINE void NAME(part)(const int height, const int vectors, const float *a, const ptrdiff_t row_a, const ptrdiff_t step_a,
                       const float *b, ptrdiff_t step_b, ptrdiff_t depth, const struct NAME(ahead) *ahead, float *c,
                       ptrdiff_t stride_c, ptrdiff_t width, int adds) {
  if (width == vectors * LANES) {
    NAME(tile)(height, vectors, a, row_a, step_a, b, step_b, depth, ahead, c, stride_c, adds);
    return;
  }
  float whole[HEIGHT * 2 * LANES] __attribute__((aligned(64)));
  if (adds)
    for (int r = 0; r < height; r++)
      memcpy(whole + r * NAME(panel), c + r * stride_c, sizeof(float) * (size_t)width);
  NAME(tile)(height, vectors, a, row_a, step_a, b, step_b, depth, ahead, whole, NAME(panel), adds);
  for (int r = 0; r < height; r++)
    memcpy(c + r * stride_c, whole + r * NAME(panel), sizeof(float) * (size_t)width);
}

/* One tile: rows of op(A) from `a`, by the layout of A and the width. */
#define TILE(N)                                                                                                    \
  if (p->transpose_a) {                                                                                            \
    if (width > LANES) NAME(part)(N, 2, a, 1, p->stride_a, b, step_b, depth, ahead, c, p->stride_c, width, adds);         \
    else NAME(part)(N, 1, a, 1, p->stride_a, b, step_b, depth, ahead, c, p->stride_c, width, adds);                       \
  } else {                                                                                                         \
    if (width > LANES) NAME(part)(N, 2, a, p->stride_a, 1, b, step_b, depth, ahead, c, p->stride_c, width, adds);         \
    else NAME(part)(N, 1, a, p->stride_a, 1, b, step_b, depth, ahead, c, p->stride_c, width, adds);                       \
  }

#define TILE_OF(N)                                                                                                 \
  TARGET __attribute__((noinline)) static void NAME(tile_##N)(                                                     \
      const struct limb_product *p, const float *a, const float *b, ptrdiff_t step_b, ptrdiff_t depth,             \
      const struct NAME(ahead) *ahead, float *c, ptrdiff_t width, int adds) { TILE(N) }

TILE_OF(1) TILE_OF(2) TILE_OF(3) TILE_OF(4) TILE_OF(5) TILE_OF(6)
#if HEIGHT > 6
TILE_OF(7) TILE_OF(8) TILE_OF(9) TILE_OF(10) TILE_OF(11) TILE_OF(12)
#endif

typedef void (*NAME(maker))(const struct limb_product *, const float *, const float *, ptrdiff_t, ptrdiff_t,
                            const struct NAME(ahead) *, float *, ptrdiff_t, int);
static const NAME(maker) NAME(makers)[HEIGHT + 1] = {
    0, NAME(tile_1), NAME(tile_2), NAME(tile_3), NAME(tile_4), NAME(tile_5), NAME(tile_6),
#if HEIGHT > 6
    NAME(tile_7), NAME(tile_8), NAME(tile_9), NAME(tile_10), NAME(tile_11), NAME(tile_12),
#endif
};

TARGET static void NAME(run)(const struct limb_product *p, const float *a, const float *b, float *c) {
  if (p->columns < 4 && p->transpose_b && !p->transpose_a) {
    NAME(dots)(p, a, b, c);
    return;
  }
  float panel[DEPTH * NAME(panel)] __attribute__((aligned(64)));
  for (ptrdiff_t from = 0; from < p->inner; from += DEPTH) {
    const ptrdiff_t depth = p->inner - from < DEPTH ? p->inner - from : DEPTH;
    const float *left = a + from * (p->transpose_a ? p->stride_a : 1);
    for (ptrdiff_t column = 0; column < p->columns; column += NAME(panel)) {
      const ptrdiff_t rest = p->columns - column, width = rest < NAME(panel) ? rest : NAME(panel);
      const int packs = p->transpose_b || (width != LANES && width != NAME(panel));
      if (packs) NAME(pack)(panel, p, b, column, width, from, depth);
      const float *right = packs ? panel : b + from * p->stride_b + column;
      const float *later = p->transpose_b ? b + (column + NAME(panel)) * p->stride_b + from
                                          : b + from * p->stride_b + column + NAME(panel);
      struct NAME(ahead) ahead = {0, later, later + (p->transpose_b ? p->stride_b : LANES),
                                  p->transpose_b ? NAME(stretch) : p->stride_b};
      for (ptrdiff_t row = 0; row < p->rows; row += HEIGHT) {
        const ptrdiff_t height = p->rows - row < HEIGHT ? p->rows - row : HEIGHT;
        const float *lines = left + row * (p->transpose_a ? 1 : p->stride_a);
        ahead.rows = lines + HEIGHT * (p->transpose_a ? 1 : p->stride_a);
        NAME(makers)[height](p, lines, right, packs ? NAME(panel) : p->stride_b, depth, &ahead,
                             c + row * p->stride_c + column, width, p->beta || from > 0);
        const ptrdiff_t on = p->transpose_b ? 2 * p->stride_b : NAME(stretch) * p->stride_b;
        ahead.first += on;
        ahead.second += on;
      }
    }
  }
}
#undef INLINE
#undef LOAD
#undef STORE
#undef UNROLL
#undef TILE
#undef TILE_OF
