using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Processing;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Hosting;

/// <summary>
/// Checks at the host's start whether its classes match the stored subscriptions: a different number of partitions fails the start. A new
/// subscription that looks like an old one without an owner, because the class now reads another stream or has another name, causes a
/// warning.
/// </summary>
internal sealed partial class ShapeCheck(SubscriptionServices services)
{
    /// <summary>The exception for a process that starts with a different number of partitions than the subscription has.</summary>
    public static InvalidOperationException OtherPartitions(SubscriptionName name, int stored, int configured)
        => new(
            $"Subscription '{name}' has {stored} {(stored == 1 ? "partition" : "partitions")} in the store, and " +
            $"SubscriptionOptions.Partitions is {configured}. Set it to {stored}, or call " +
            $"store.Subscriptions.RepartitionAsync(\"{name}\", {configured}), which keeps what is finished, before this process starts.");

    /// <param name="subscriptions">All subscriptions that the host runs, with the names of their classes.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="InvalidOperationException">A subscription has another number of partitions.</exception>
    public async Task RunAsync(
        IReadOnlyList<(SubscriptionKey Key, SubscriptionOptions Options, string Handler)> subscriptions, CancellationToken ct)
    {
        var registered = subscriptions.Select(subscription => (subscription.Key.Name.Value, subscription.Key.Stream)).ToHashSet();
        foreach (var (key, options, handler) in subscriptions)
        {
            var relatives = await services.Access.RunAsync(
                static (find, token) => find.Definitions.FindRelativesAsync(find.key, find.handler, token),
                (services.Leases.Definitions, key, handler), StorageOperation.Read, ct).ConfigureAwait(false);
            if (relatives.Find(one => one.Name == key.Name.Value && one.Stream == key.Stream) is { } own)
            {
                if (own.Partitions != options.Partitions)
                    throw OtherPartitions(key.Name, own.Partitions, options.Partitions);

                continue;
            }

            foreach (var old in relatives.Where(one => !one.IsOwned && !registered.Contains((one.Name, one.Stream))))
            {
                if (old.Name == key.Name.Value)
                {
                    LogOtherStream(
                        services.Logger, key.Name, Described(key.Stream), Described(old.Stream), old.Position, Argument(old.Stream));
                }
                else
                {
                    LogOtherName(services.Logger, key.Name, Described(key.Stream), old.Name, handler, old.Position, Argument(key.Stream));
                }
            }
        }
    }

    private static string Described(string stream) => stream == EventStoreModel.All ? "all events" : $"stream '{stream}'";

    /// <summary>The last argument of an administration call.</summary>
    private static string Argument(string stream) => stream == EventStoreModel.All ? "" : $", stream: \"{stream}\"";

    [LoggerMessage(
        3003, LogLevel.Warning,
        "Subscription '{Name}' to {Source} is new and starts where SubscriptionOptions.Start says. There is one of the same name to " +
        "{OldSource}, which is at {Position} and which no process runs. If '{Name}' was meant to continue from there, set " +
        "SubscriptionOptions.Stream back, or start with SubscriptionStart.After; if the old one is no longer needed, remove it with " +
        "DeleteAsync(\"{Name}\"{Argument})")]
    private static partial void LogOtherStream(
        ILogger logger, SubscriptionName name, string source, string oldSource, long position, string argument);

    [LoggerMessage(
        3004, LogLevel.Warning,
        "Subscription '{Name}' to {Source} is new and starts where SubscriptionOptions.Start says. '{OldName}' was run by the same " +
        "class, {Handler}; it is at {Position}, and no process runs it. If '{Name}' is its new name, stop this process, call " +
        "DeleteAsync(\"{Name}\"{Argument}) and RenameAsync(\"{OldName}\", \"{Name}\"{Argument}), and start again; if '{OldName}' is no " +
        "longer needed, remove it with DeleteAsync(\"{OldName}\"{Argument})")]
    private static partial void LogOtherName(
        ILogger logger, SubscriptionName name, string source, string oldName, string handler, long position, string argument);
}
