using CsCheck;

namespace EventStore.EF.Faults;

/// <summary>Metadata: kept as given, or refused.</summary>
internal sealed class MetadataTarget : FuzzTarget
{
    public override string Name => "metadata";

    public override int Share => 150;

    public override Task RunAsync(long cases, CancellationToken ct)
    {
        Gen.Select(Nasty.Text, Nasty.Text).Array[0, 5].Sample(
            pairs =>
            {
                EventMetadata metadata;
                try
                {
                    metadata = EventMetadata.From(pairs.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
                }
                catch (ArgumentException)
                {
                    return;
                }

                var read = StoredBytesTarget.Stored("fuzzed", 1, [], metadata: metadata.ToJson()).Metadata;
                Demand(read.SequenceEqual(metadata), "what was read is not what was written");
            },
            iter: cases);
        return Task.CompletedTask;
    }
}
