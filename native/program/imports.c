/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into the program itself, with what imports.awk makes. Managed code calls libkfsd's functions as if they were linked in as well, though
 * only a process that hosts a graph loads the library. The runtime could look them up one by one, but asks reflection for the calling assembly
 * first, for which a start would wait.
 */
#include <dlfcn.h>
#include <string.h>

extern const char libkfsd_names[] __attribute__((visibility("hidden")));
extern void *libkfsd_functions[] __attribute__((visibility("hidden")));

/* Finds all of them. Returns how many the library does not have; these must not be called. */
int
bind_libkfsd(void *library)
{
    int missing = 0;
    void **function = libkfsd_functions;

    for (const char *name = libkfsd_names; *name; name += strlen(name) + 1, function++) {
        *function = dlsym(library, name);
        missing += !*function;
    }
    return missing;
}
