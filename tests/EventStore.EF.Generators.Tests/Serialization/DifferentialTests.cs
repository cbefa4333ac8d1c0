using EventStore.EF.Generators.Tests.Corpus;

namespace EventStore.EF.Generators.Tests.Serialization;

public sealed class DifferentialTests
{
    public static TheoryData<int, string> SampleNumbers
        => new(Samples.All.Select((sample, i) => (i, sample.GetType().Name)).Where(sample => sample.Name != nameof(Traced)));

    [Theory]
    [MemberData(nameof(SampleNumbers))]
    public void Generated_serializers_write_the_bytes_of_reflection(int number, string type)
    {
        var sample = Samples.All.ElementAt(number);
        Assert.Equal(type, sample.GetType().Name);

        Assert.Equal(Json.Write(sample, generated: null), Json.Write(sample, Json.Generated(sample.GetType())));
    }

    [Theory]
    [MemberData(nameof(SampleNumbers))]
    public void Generated_serializers_read_what_reflection_reads_and_refuse_what_it_refuses(int number, string type)
    {
        var sample = Samples.All.ElementAt(number);
        Assert.Equal(type, sample.GetType().Name);
        var written = Json.Write(sample, generated: null).Text!;

        var differences = Mutations.Of(written).Distinct()
            .Select(json => (
                Json: json,
                Reflection: Json.Read(json, sample.GetType(), null),
                Generated: Json.Read(json, sample.GetType(), Json.Generated(sample.GetType())),
                Stored: Json.ReadStored(json, sample.GetType())))
            .Where(read => read.Reflection != read.Generated || read.Reflection != read.Stored)
            .Select(read => $"{read.Json}\n  reflection: {read.Reflection}\n  generated:  {read.Generated}\n  stored:     {read.Stored}")
            .ToList();

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(5))}");
    }
}
