namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>A clock whose timers are due at once: who waits between two looks doesn't.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
}
