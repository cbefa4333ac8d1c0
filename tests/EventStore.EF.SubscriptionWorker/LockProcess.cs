using EventStore.EF.Sqlite.Connections;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>Says <c>free</c> or <c>held</c>, and <c>ready</c>.</summary>
internal static class LockProcess
{
    public static int Run(string path, long place)
    {
        using var locks = ProcessLocks.Of(path);
        Orders.Say(locks.IsFree(place) ? "free" : "held");
        Orders.Say("ready");
        return 0;
    }
}
