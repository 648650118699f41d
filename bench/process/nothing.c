// SPDX-License-Identifier: MIT
//
// nothing: the program that the contenders of the process race run. Linked without a loader, which would be most of it.

int main(void) { return 0; }
