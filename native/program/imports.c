/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked into the program itself, with what imports.awk makes. Managed code calls libkfsd's functions as if they were linked in as well, though
 * only some commands load the library. The runtime could look them up one by one, but asks reflection for the calling assembly first, for which a
 * start would wait.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const char libkfsd_names[] __attribute__((visibility("hidden")));
extern void *libkfsd_functions[] __attribute__((visibility("hidden")));

/* What each function is before it is found: whoever calls it has forgotten to load the library. */
__attribute__((visibility("hidden"))) void
libkfsd_unbound(void)
{
    static const char text[] = "kadalu-fsd: a function of libkfsd is called before the library is loaded\n";

    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    abort();
}

/* Finds all of them. Returns how many the library does not have; these must not be called. */
int
bind_libkfsd(void *library)
{
    int missing = 0;
    void **function = libkfsd_functions;

    for (const char *name = libkfsd_names; *name; name += strlen(name) + 1, function++) {
        void *found = dlsym(library, name);

        *function = found ? found : *function;
        missing += !found;
    }
    return missing;
}
