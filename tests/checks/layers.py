#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""checks.layers: the allowed includes of each layer, and the names that are refused.

Each file of the layers includes only what its layer may. Operating-system headers are included only by the sources of
libsys, libuv only by its one folder; platform conditionals stand nowhere above these. An include root holds `weld/` or
`green/` alone. Names without a meaning (`utils`, `detail`) are refused, and so is the namespace that captures `std::`.
"""

import re

from tree import LAYERS, SOURCES, Plant, line_of, run, without_comments

STANDARD = set("""
    algorithm any array atomic barrier bit bitset charconv chrono compare complex concepts condition_variable
    coroutine deque exception execution expected filesystem flat_map flat_set format forward_list fstream
    functional future generator initializer_list iomanip ios iosfwd iostream istream iterator latch limits list
    locale map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges
    ratio regex scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack
    stacktrace stdexcept stdfloat stop_token streambuf string string_view strstream syncstream system_error thread
    tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector version
    cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype
""".split())

# Every user compiles the public headers: no static initialiser, no second vocabulary of paths.
NOT_IN_PUBLIC = {"iostream", "filesystem", "fstream", "uv.h"}

# Of libsys, libstd's headers include only the types of errors, handles and buffers.
WORDS = {"weld/sys/answer.hpp", "weld/sys/api.hpp", "weld/sys/cstr.hpp", "weld/sys/errno.hpp", "weld/sys/io_slice.hpp",
         "weld/sys/repr.hpp", "weld/sys/try.hpp"}

# The compiler's runtime, not the system's. libstd uses it to tell a forced unwind from an exception. libgreen saves the
# exception state of a task, unwinds the stack of a task that never resumes, and reports each switch to sanitizers and
# valgrind.
RUNTIME = {"cxxabi.h", "unwind.h"}
WATCHERS = {"sanitizer/common_interface_defs.h", "sanitizer/tsan_interface.h", "valgrind/valgrind.h"}

# A separate library that is preloaded and replaces functions of the system: it needs their declarations, and contains
# nothing of the package.
BESIDE = "libgreen/lint/"

PLATFORM_MACRO = re.compile(r"\b(__linux__|__linux|_WIN32|_WIN64|__unix__|__unix|__APPLE__|__MINGW32__)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)
EMPTY_NAME = re.compile(r"^(utils?|common|helpers?|details?|misc)$")


def kind_of(header):
    if header.startswith("weld/sys/"):
        return "sys"
    if header.startswith("weld/native/"):
        return "native"
    if header.startswith("weld/"):
        return "std"
    if header.startswith("green/"):
        return "green"
    if header.startswith("fmt/"):
        return "fmt"
    if header in STANDARD:
        return "c++"
    return "os"


def may_include(path, header):
    kind = kind_of(header)
    layer, folder = path.split("/")[:2]
    public = "/include/" in path
    if kind == "c++":
        return not (public and header in NOT_IN_PUBLIC) and header != "iostream"
    if layer == "libsys":
        return kind == "sys" or (kind == "os" and folder == "src" and header != "uv.h")
    if layer == "libnative":
        return kind in ("sys", "native")
    if layer == "libgreen":
        if public:
            return kind in ("std", "green")
        if path.startswith(BESIDE):
            return kind == "os" and header != "uv.h"
        return (kind in ("sys", "native", "std", "green") or header in RUNTIME
                or (header in WATCHERS and path == "libgreen/src/annotate.hpp")
                or (header == "uv.h" and path.startswith("libgreen/src/uv/")))
    if kind == "fmt":
        return not public or path == "libstd/include/weld/fmt.hpp"
    if public and kind == "sys":
        return header in WORDS
    return kind in ("sys", "native", "std") or (not public and header in RUNTIME)


def check_includes(tree, path, text):
    for match in INCLUDE.finditer(text):
        header = match[1] or match[2]
        line = line_of(text, match.start())
        if match[1]:
            if not may_include(path, header):
                yield f"{path}:{line}: must not include <{header}>"
        elif "/include/" in path:
            yield f'{path}:{line}: a public header includes with <>, not "{header}"'
        elif not (tree.root / path).parent.joinpath(header).resolve().is_relative_to(tree.root / path.split("/")[0]):
            yield f'{path}:{line}: "{header}" leaves the layer'


def check_words(path, text):
    for match in PLATFORM_MACRO.finditer(text):
        yield f"{path}:{line_of(text, match.start())}: asks for the platform by {match[1]}; the build picks a folder"
    for match in re.finditer(r"\bnamespace\s+([\w:]+)\s*\{", text):
        parts = match[1].split("::")
        nested = text.count("{", 0, match.start()) > text.count("}", 0, match.start())
        line = line_of(text, match.start())
        if "std" in parts[1:] or (parts[0] == "std" and nested):
            yield f"{path}:{line}: a namespace std inside weld captures every std:: there"
        for part in parts:
            if EMPTY_NAME.match(part):
                yield f"{path}:{line}: namespace {part} says nothing: name the idea"


def check_roots(tree):
    for path in tree.files:
        before, root, inside = path.partition("/include/")
        package = "green/" if before == "libgreen" else "weld/"
        if path.startswith(LAYERS) and root and not inside.startswith(package):
            yield f"{path}: {before}/include holds more than {package}"


def check_names(tree):
    for path in tree.files:
        for part in path.split("/"):
            if EMPTY_NAME.match(part.split(".")[0].lower()):
                yield f"{path}: {part} says nothing: name the idea"


def check(tree):
    yield from check_roots(tree)
    yield from check_names(tree)
    for path in tree.files:
        if path.startswith(LAYERS) and path.endswith(SOURCES):
            text = without_comments(tree.text(path))
            yield from check_includes(tree, path, text)
            yield from check_words(path, text)


PLANTS = [
    Plant("libsys/include/weld/sys/planted.hpp", "#include <unistd.h>\n", "<unistd.h>"),
    Plant("libsys/include/weld/sys/planted.hpp", "#include <weld/native/file.hpp>\n", "<weld/native/file.hpp>"),
    Plant("libsys/src/posix/planted.cpp", "#include <weld/error.hpp>\n", "<weld/error.hpp>"),
    Plant("libsys/platform/unix/include/weld/sys/planted.hpp", "#include <sys/types.h>\n", "<sys/types.h>"),
    Plant("libnative/src/unix/planted.cpp", "#include <fcntl.h>\n", "<fcntl.h>"),
    Plant("libnative/include/weld/native/planted.hpp", "#include <weld/error.hpp>\n", "<weld/error.hpp>"),
    Plant("libstd/include/weld/planted.hpp", "#include <weld/sys/posix/fs.hpp>\n", "<weld/sys/posix/fs.hpp>"),
    Plant("libstd/include/weld/planted.hpp", "#  include <iostream>\n", "<iostream>"),
    Plant("libstd/include/weld/planted.hpp", "#include <filesystem>\n", "<filesystem>"),
    Plant("libstd/include/weld/planted.hpp", "#include <fmt/format.h>\n", "<fmt/format.h>"),
    Plant("libstd/include/weld/planted.hpp", "#include <uv.h>\n", "<uv.h>"),
    Plant("libstd/include/weld/planted.hpp", '#include "path.hpp"\n', "with <>"),
    Plant("libstd/src/planted.cpp", "#include <unistd.h>\n", "<unistd.h>"),
    Plant("libstd/src/planted.cpp", "#include <iostream>\n", "<iostream>"),
    Plant("libstd/src/planted.cpp", '#include "../../libsys/src/posix/check.hpp"\n', "leaves the layer"),
    Plant("libstd/src/planted.cpp", "#ifdef __linux__\n#endif\n", "__linux__"),
    Plant("libnative/include/weld/native/planted.hpp", "#if defined(_WIN32)\n#endif\n", "_WIN32"),
    Plant("libstd/include/weld/planted.hpp", "namespace weld::std { }\n", "captures"),
    Plant("libstd/include/weld/planted.hpp", "namespace weld { namespace std { } }\n", "captures"),
    Plant("libstd/include/weld/planted.hpp", "namespace weld::detail { }\n", "namespace detail"),
    Plant("libstd/include/sys/types.h", "", "more than weld/"),
    Plant("libstd/include/weld/planted.hpp", "#include <green/thread.hpp>\n", "<green/thread.hpp>"),
    Plant("libgreen/include/green/planted.hpp", "#include <weld/native/file.hpp>\n", "<weld/native/file.hpp>"),
    Plant("libgreen/include/green/planted.hpp", "#include <uv.h>\n", "<uv.h>"),
    Plant("libgreen/include/green/planted.hpp", '#include "../../src/die.hpp"\n', "with <>"),
    Plant("libgreen/include/weld/planted.hpp", "", "more than green/"),
    Plant("libgreen/src/planted.cpp", "#include <uv.h>\n", "<uv.h>"),
    Plant("libgreen/src/uv/planted.cpp", "#include <unistd.h>\n", "<unistd.h>"),
    Plant("libgreen/src/uv/planted.cpp", "#include <uv.h>\n", None),
    Plant("libgreen/src/planted.cpp", "#include <valgrind/valgrind.h>\n", "<valgrind/valgrind.h>"),
    Plant("libgreen/src/planted.cpp", "#include <unistd.h>\n", "<unistd.h>"),
    Plant("libgreen/lint/planted.cpp", "#include <unistd.h>\n", None),
    Plant("libgreen/lint/planted.cpp", "#include <weld/fs.hpp>\n", "<weld/fs.hpp>"),
    Plant("libgreen/lint/planted.cpp", "#include <green/thread.hpp>\n", "<green/thread.hpp>"),
    Plant("libnative/src/unix/utils.cpp", "", "utils.cpp"),
    Plant("libstd/include/weld/detail/x.hpp", "", "detail says nothing"),
]

if __name__ == "__main__":
    run(check, PLANTS)
