using System.Reflection;
using System.Runtime.InteropServices;
using KadaluFsd.Contract;
using SQLitePCL;

namespace KadaluFsd.Manager.State;

/// <summary>The distribution's own library: its security fixes are ours.</summary>
internal static class SqliteLibrary
{
    private const string NameOfProvider = "sqlite3";

    // Packages have the name without a number only for development.
    private const string File = "libsqlite3.so.0";

    private static readonly Lock s_lock = new();
    private static bool s_isReady;

    /// <summary>Loads it, once.</summary>
    /// <exception cref="CommandException">It is missing.</exception>
    internal static void Load()
    {
        lock (s_lock)
        {
            if (s_isReady)
            {
                return;
            }

            if (!NativeLibrary.TryLoad(File, out _))
            {
                throw new CommandException(ExitCode.SystemRefused, $"{File} is missing: install libsqlite3-0");
            }

            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_sqlite3).Assembly, Find);
            raw.SetProvider(new SQLite3Provider_sqlite3());
            s_isReady = true;
        }
    }

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NameOfProvider ? NativeLibrary.Load(File) : 0;
}
