// SPDX-License-Identifier: MIT
//
// Example of libnative/README.md.
// [readme]
#include <weld/native/file.hpp>

bool is_readable(weld::sys::BorrowedHandle directory, weld::sys::CStr name) {
    return weld::native::File::open(directory, name, {.read = true}).has_value();
}
// [/readme]

int main() { return is_readable(weld::sys::cwd, weld::sys::CStr("/")) ? 0 : 1; }
