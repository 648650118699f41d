// SPDX-License-Identifier: MIT
//
// c_str: Path, which is bytes without a NUL, and CString, the copy that every call made of one.
//
// A conversion allocates by malloc, copies, and then checks each byte for a NUL inside: the 128-byte
// buffer on the stack belonged to `with_c_str`, which the file system calls did not use.

#pragma once

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace runtime_2014 {

class CString {
public:
    explicit CString(char* owned) : buffer_(owned) {}
    CString(CString&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
    CString& operator=(CString&& other) noexcept {
        std::swap(buffer_, other.buffer_);
        return *this;
    }
    ~CString() { std::free(buffer_); }

    const char* as_ptr() const {
        if (buffer_ == nullptr) {
            std::abort();  // failed the task
        }
        return buffer_;
    }

private:
    char* buffer_;
};

class Path {
public:
    Path(const char* text) : bytes_(text) {}

    const std::string& display() const { return bytes_; }

    CString to_c_str() const {
        const auto size = bytes_.size();
        auto* buffer = static_cast<char*>(std::malloc(size + 1));
        if (buffer == nullptr) {
            throw std::bad_alloc();
        }
        std::memcpy(buffer, bytes_.data(), size);
        buffer[size] = '\0';
        for (std::size_t i = 0; i < size; ++i) {
            if (buffer[i] == '\0') {
                std::abort();  // failed the task
            }
        }
        return CString(buffer);
    }

private:
    std::string bytes_;
};

}  // namespace runtime_2014
