// SPDX-License-Identifier: MIT
//
// peer: stat in Go, standard library only.

package main

import (
	"fmt"
	"os"
)

func main() {
	status := 0
	for _, name := range os.Args[1:] {
		found, err := os.Stat(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "stat:", err)
			status = 1
			continue
		}
		fmt.Printf("%d %o %d %s\n", found.Size(), found.Mode().Perm(), found.ModTime().Unix(), name)
	}
	os.Exit(status)
}
