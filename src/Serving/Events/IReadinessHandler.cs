using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>Has a descriptor that an <see cref="EventLoop"/> watches.</summary>
public interface IReadinessHandler
{
    /// <summary>Something happened on the descriptor. On the loop's thread; must not wait.</summary>
    void OnReady(EpollEvent happened);
}

/// <summary>Has deadlines of its own, which an <see cref="EventLoop"/> keeps.</summary>
internal interface IRoundHandler
{
    /// <summary>How long the loop may wait for events.</summary>
    /// <returns>Milliseconds; -1 for as long as it takes.</returns>
    int MillisecondsToNext();

    /// <summary>The events of a round have been handled, or the time is up.</summary>
    void OnRoundEnd();
}
