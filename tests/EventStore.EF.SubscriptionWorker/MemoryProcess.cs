using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>
/// Reads all events, one after the other. Says <c>read</c> with how many they are and with the most memory that it had at a time, in
/// megabytes above what it had after the first small read, and <c>ready</c>.
/// </summary>
internal static class MemoryProcess
{
    public static async Task<int> RunAsync(string connection)
    {
        using var host = Stores.Host(connection);
        var store = host.Services.GetRequiredService<IEventStore>();
        _ = await store.ReadAllAsync(new() { MaxCount = 1, PageSize = 1 }).CountAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var (idle, most, count) = (Resident(), 0.0, 0);
        await foreach (var _ in store.ReadAllAsync())
        {
            count++;
            most = Math.Max(most, Resident() - idle);
        }

        Orders.Say(string.Create(CultureInfo.InvariantCulture, $"read {count} {most:0.0}"));
        Orders.Say("ready");
        return 0;
    }

    /// <summary>The memory that is the process's own: no files, nothing shared.</summary>
    private static double Resident()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
