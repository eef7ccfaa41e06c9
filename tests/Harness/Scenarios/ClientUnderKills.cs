using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// A client writes, renames, truncates and deletes files of a pool while an option is set, one unit is killed and brought back. Nothing fails; everything
/// is as it was written, for the same client and for a mount; afterwards nothing is left to be healed, and the units are equal.
/// </summary>
/// <param name="workspace">The test's.</param>
/// <param name="pools">The pools.</param>
/// <param name="manifest">Compares units.</param>
internal sealed class ClientUnderKills(Workspace workspace, PoolHarness pools, Manifest manifest)
{
    /// <summary>The pool.</summary>
    internal const string Pool = "pool1";

    private const string Directory = "work";
    private const int Units = 3;

    /// <summary>Creates it, of three units.</summary>
    /// <param name="isDisperse">Whether each file is in fragments, of which one may be lost, instead of three copies.</param>
    internal async Task CreateAsync(bool isDisperse)
    {
        string[] units = pools.Units(Pool, Units);
        await pools.CreateAsync(
            Pool, isDisperse ? ["data", units[0], units[1], "redundancy", units[2]] : ["mirror", .. units]);
        await pools.ConnectedAsync(Pool, clients: 1);
    }

    /// <summary>Has the client work.</summary>
    /// <returns>How long the longest file, or piece of one, took to write.</returns>
    internal async Task<TimeSpan> RunAsync(ClientWork client, WorkSize size, bool isDisperse)
    {
        // It writes while all of this happens, and does not come to its end before it has.
        await using ClientWork.Writing writing = client.WriteHeld(Directory, size);
        await writing.ReachAsync("small", percent: 10);
        await SetAsync(client);
        await writing.GoOnAsync();
        await writing.ReachAsync("small", percent: 70);
        await pools.KillAsync(Pool, [1]);
        await writing.GoOnAsync();
        await writing.ReachAsync("large", percent: 30);
        await pools.MustAsync("start", Pool);
        TimeSpan longest = await writing.EndAsync();
        await client.VerifyAsync(Directory, size);
        await pools.HealedNowAsync(Pool);

        string[] units = pools.Units(Pool, Units);
        await manifest.EqualAsync(units, hasContents: !isDisperse);
        var mounted = await ClientWork.OfAsync(workspace, "posix", (await pools.MountAsync(Pool)).Path, client.Log);
        await mounted.VerifyAsync(Directory, size);

        // Fragments differ from each other: that they are right shows when each is left out in turn.
        for (int unit = 0; isDisperse && unit < Units; unit++)
        {
            await pools.KillAsync(Pool, [unit]);
            var without = await ClientWork.OfAsync(workspace, "posix", (await pools.MountAsync(Pool)).Path, client.Log);
            await without.VerifyAsync(Directory, size);
            await pools.MustAsync("start", Pool);
            await pools.HealedNowAsync(Pool);
        }

        return longest;
    }

    // What an option changes shows in the client, which goes on meanwhile.
    private async Task SetAsync(ClientWork client)
    {
        await pools.MustAsync("set", Pool, "diagnostics.client-log-level", "DEBUG");
        await Until.LoggedAsync("the client logs as the option says", client.Log, "] D [");

        // Not reset: clients stay with a level that is no longer there.
        await pools.MustAsync("set", Pool, "diagnostics.client-log-level", "INFO");
    }
}
