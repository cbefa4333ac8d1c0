using System.Text;
using System.Text.Json;
using CsCheck;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>Every event of the corpus over random documents: the generated serializers do what reflection does.</summary>
public sealed class PropertyTests
{
    private const int Documents = 100;

    public static TheoryData<Type> Events => [.. Json.Catalog.Events.Select(e => e.ClrType).Where(IsOfCorpus).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    [Fact]
    public void The_corpus_has_at_least_150_shapes() => Assert.InRange(Events.Count, 150, int.MaxValue);

    [Theory]
    [MemberData(nameof(Events))]
    public void Random_documents_are_read_and_written_as_by_reflection(Type type)
        => Serialization.Documents.Of(type).Sample(json => AssertSame(json, type), iter: Documents);

    [Theory]
    [MemberData(nameof(Events))]
    public void Mutated_documents_are_read_as_by_reflection(Type type)
    {
        var mutated = Gen.Select(Serialization.Documents.Of(type), Gen.Int[0, 3], Gen.Int[0, 100_000], (json, kind, place) =>
        {
            var at = json.Length == 0 ? 0 : place % json.Length;
            return kind switch
            {
                0 => json[..at],
                1 => json.Remove(at, 1),
                2 => json.Insert(at, "\"{}[],:0\\ \u0001"[place % 11].ToString()),
                _ => json + json[at..],
            };
        });
        mutated.Sample(json => AssertSame(json, type), iter: Documents);
    }

    private static void AssertSame(string json, Type type)
    {
        var reflection = Json.Read(json, type, generated: null);
        var generated = Json.Read(json, type, Json.Generated(type));
        var stored = Json.ReadStored(json, type);
        Assert.True(
            reflection == generated && reflection == stored,
            $"{type}: {json}\n  reflection: {reflection}\n  generated:  {generated}\n  stored:     {stored}");
        if (reflection.Text is null or "null")
            return;

        var value = JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), type, Json.Reflection)!;
        Assert.Equal(Json.Write(value, generated: null), Json.Write(value, Json.Generated(value.GetType())));
    }

    private static bool IsOfCorpus(Type type)
        => type.FullName!.Contains(".Corpus.", StringComparison.Ordinal) && type != typeof(Corpus.Traced);
}
