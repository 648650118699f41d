// SPDX-License-Identifier: MIT
//
// peer: hello in Go.

package main

import "fmt"

func main() {
	fmt.Println("hello, world")
}
