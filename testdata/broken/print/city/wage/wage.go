package wage

import (
	"fmt"
	"os"
)

func debug(x int) string {
	fmt.Println(x)
	println(x)
	fmt.Fprintln(os.Stderr, x)
	fmt.Printf("%d", x)
	return fmt.Sprint(x)
}
