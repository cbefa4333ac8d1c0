using CsCheck;

namespace EventStore.EF.Faults;

/// <summary>Names of streams, subscriptions and schemas: taken as they are, or refused with the rule.</summary>
internal sealed class NameTarget : FuzzTarget
{
    public override string Name => "names";

    public override int Share => 200;

    public override Task RunAsync(long cases, CancellationToken ct)
    {
        Nasty.Text.Sample(
            text =>
            {
                Check(text, value => new StreamName(value).Value);
                Check(text, value => new SubscriptionName(value).Value);
                Check(text, value => EventFilter.StreamPrefix(value).Prefix!);
                Check(text, value => new EventStoreOptions { Schema = value } is var options ? Validated(options).Schema : "");
            },
            iter: cases);
        return Task.CompletedTask;
    }

    private static EventStoreOptions Validated(EventStoreOptions options)
    {
        options.Validate();
        return options;
    }

    private static void Check(string text, Func<string, string> taken)
    {
        try
        {
            Demand(taken(text) == text, "what was taken is not what was given");
        }
        catch (ArgumentException)
        {
            // Refused.
        }
    }
}
