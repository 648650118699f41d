# SPDX-License-Identifier: MIT
#
# Example of libstd/docs/embedding.md: the library in Python.
import sys
# [readme]
import ctypes


def tree_size(library, directory):
    function = ctypes.CDLL(library).tree_size
    function.restype = ctypes.c_int64
    return function(directory.encode())
# [/readme]


print(tree_size(*sys.argv[1:]))
