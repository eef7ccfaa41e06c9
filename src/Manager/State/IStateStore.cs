namespace KadaluFsd.Manager.State;

/// <summary>
/// What the manager knows of its cluster: documents by kind and key. A commit is a transaction on any number of them, which says of each what it was
/// based on (compare and swap); there is no lock.
/// </summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Finds a document.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="Contract.CommandException">The store cannot be read.</exception>
    Task<StateDocument?> FindAsync(StateKind kind, string key, CancellationToken cancellation);

    /// <summary>Lists documents of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="prefix">What their keys begin with; empty for all.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The documents, by key.</returns>
    /// <exception cref="Contract.CommandException">The store cannot be read.</exception>
    Task<IReadOnlyList<StateDocument>> ListAsync(StateKind kind, string prefix, CancellationToken cancellation);

    /// <summary>Lists documents of a kind without reading them: much cheaper where most are known already, or are only counted.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="prefix">What their keys begin with; empty for all.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Their keys in order, with their revisions.</returns>
    /// <exception cref="Contract.CommandException">The store cannot be read.</exception>
    Task<IReadOnlyList<StateKey>> ListKeysAsync(StateKind kind, string prefix, CancellationToken cancellation);

    /// <summary>Writes and removes documents: all or none, on disk when this completes.</summary>
    /// <returns>The revision that what was written has now: greater than any before.</returns>
    /// <exception cref="StateConflictException">A document is not as expected.</exception>
    /// <exception cref="Contract.CommandException">The store cannot be written.</exception>
    Task<long> CommitAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellation);

    /// <summary>Looks whether what is written will be found by the next process too.</summary>
    /// <exception cref="Contract.CommandException">It will not; says what helps. Nothing is written then.</exception>
    Task CheckAsync(CancellationToken cancellation);

    /// <summary>Writes all of it to a file, as of one moment, while it is being used.</summary>
    /// <param name="path">The file, which must not exist; readable by root alone.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="Contract.CommandException">It cannot be written.</exception>
    Task BackUpAsync(string path, CancellationToken cancellation);
}
