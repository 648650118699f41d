// SPDX-License-Identifier: MIT
//
// peer: cat in Go, standard library only.

package main

import (
	"fmt"
	"io"
	"os"
)

func copied(from *os.File, err error) bool {
	if err == nil {
		_, err = io.Copy(os.Stdout, from)
		from.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cat:", err)
	}
	return err == nil
}

func main() {
	good := true
	if len(os.Args) < 2 {
		good = copied(os.Stdin, nil)
	}
	for _, name := range os.Args[1:] {
		good = copied(os.Open(name)) && good
	}
	if !good {
		os.Exit(1)
	}
}
