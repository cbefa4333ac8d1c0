using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus.Odd
{
    [Event]
    public sealed record @record(int @int, string @namespace, bool @true, int? @new = 3);

    [Event]
    public sealed record Größe(int Länge, string Straße, decimal Überweisung, int ß);

    [Event]
    public sealed record 注文済み(string 名前, int 数量);

    [Event]
    public sealed class Заказ
    {
        public string Имя { get; init; } = "имя";

        public int Ёлка { get; set; }
    }

    [Event]
    public sealed record Writer(int writer, int value, int options, int v0, int N0, int item, int Write, int Create, int reader, int seen);

    [Event]
    public sealed record Underscores(int _a, int __b, int A_b, long a_B, int _);

    [Event]
    public sealed record Casing(int URL, int URLValue, int iPhone, int IOStream, int X, int XYZ, int Xy, int ID, int Id2);

    [Event]
    public sealed record OddJsonNames(
        [property: JsonPropertyName("")] int Empty, [property: JsonPropertyName(" ")] int Space, [property: JsonPropertyName("$id")] int Dollar,
        [property: JsonPropertyName("a\u0000b")] int Nul, [property: JsonPropertyName("\ud83d\ude00")] int Smile,
        [property: JsonPropertyName("quote\"back\\slash/")] int Quote, [property: JsonPropertyName("<>&'+")] int Html);

    [Event]
    public sealed record SamePrefix(int A, int Aa, int Aaa, int Aaaa, int Ab, int Abb, int Ba, int Bb, string Abc, string Abd);

    [Event]
    public sealed record LongName(int ThisIsAnExtraordinarilyLongMemberNameThatNobodyWouldWriteButSomebodyMayGenerateFromAnotherLanguageOrSchema1, int ThisIsAnExtraordinarilyLongMemberNameThatNobodyWouldWriteButSomebodyMayGenerateFromAnotherLanguageOrSchema2);

    [Event]
    public sealed record System(int Text, int Json);

    [Event]
    public sealed record EventCatalog(int EventJsonContext, int Default);

    [Event]
    public sealed record Object(int GetType_, int ToString_, int Equals_);
}

namespace EventStore.EF.Generators.Tests.Corpus.@namespace.@class
{
    [Event("odd-namespace")]
    public sealed record @event(int @event_, @event? @base);
}

namespace EventStore.EF.Generators.Tests.Corpus.Other
{
    [Event("other-order-placed")]
    public sealed record OrderPlaced(int Number, Corpus.OrderPlaced Original);
}
