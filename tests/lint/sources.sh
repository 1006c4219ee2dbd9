#!/bin/sh
# Sourced by the checks: sources GLOB… prints our own files of these kinds.
sources()
{
    for glob; do
        find mm fpu simd interp jit syscalls profile tier tests bench tierrun.c -name "$glob" -type f
    done | sort
}
