namespace KadaluFsd.Control;

/// <summary>What a process can be asked for, and told.</summary>
public interface IControlRoutes
{
    /// <summary>Why nothing can be asked yet; null where it can. From any thread.</summary>
    string? Problem { get; }

    /// <summary>What anybody may ask, over TCP too: it tells nothing of clients or contents.</summary>
    /// <returns>The routes.</returns>
    IReadOnlyList<ControlRoute> CreatePublic();

    /// <summary>Everything that can be asked for on the control socket, those for anybody included.</summary>
    /// <returns>The routes.</returns>
    IReadOnlyList<ControlRoute> CreateAll();
}
