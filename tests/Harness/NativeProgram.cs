namespace KadaluFsd.Harness;

/// <summary>C programs that tests bring along in their project's folder <c>native</c>, compiled where they are needed.</summary>
internal static class NativeProgram
{
    /// <summary>Compiles one.</summary>
    /// <param name="workspace">Where the program is put.</param>
    /// <param name="source">The C file, from the root of the checkout, such as <c>tests/Attack.Tests/native/climb.c</c>.</param>
    /// <param name="flags">More for the compiler, such as <c>-lgfapi</c>.</param>
    /// <returns>The program's path.</returns>
    internal static async Task<string> CompileAsync(Workspace workspace, string source, params string[] flags)
    {
        string program = Path.Combine(workspace.Create("programs"), Path.GetFileNameWithoutExtension(source));
        await Command.MustAsync(
            "cc",
            ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-o", program,
                Path.Combine(Workspace.Source, source), .. flags]);
        return program;
    }
}
