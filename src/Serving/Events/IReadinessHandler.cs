using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>Handles events of a descriptor that an <see cref="EventLoop"/> watches.</summary>
public interface IReadinessHandler
{
    /// <summary>Handles an event. On the loop's thread; must not wait.</summary>
    void OnReady(EpollEvent happened);
}

/// <summary>Is called at the end of each round of an <see cref="EventLoop"/>, and has deadlines.</summary>
internal interface IRoundHandler
{
    /// <summary>How long the loop may wait for events.</summary>
    /// <returns>Milliseconds; -1 for no deadline.</returns>
    int MillisecondsToNext();

    /// <summary>The events of a round have been handled, or a deadline has passed.</summary>
    void OnRoundEnd();
}
