/* The floating-point type of a program that exists in both precisions: floats with -DSINGLE. */
#ifndef BENCH_REAL_H
#define BENCH_REAL_H

#include <float.h>

#ifdef SINGLE
typedef float real;
#define REAL_EPSILON FLT_EPSILON
#define REAL_NAME    "single"
#else
typedef double real;
#define REAL_EPSILON DBL_EPSILON
#define REAL_NAME    "double"
#endif

#endif
