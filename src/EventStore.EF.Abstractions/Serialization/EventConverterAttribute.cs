namespace EventStore.EF;

/// <summary>
/// Registers a converter of System.Text.Json for every member of its type in the events and states of the assembly. A
/// <c>[JsonConverter]</c> on a member takes precedence; one on the type does not.
/// </summary>
/// <remarks>
/// An open generic converter (<c>typeof(OptionConverter&lt;&gt;)</c> for <c>Option&lt;T&gt;</c>) is closed for each type. A factory must
/// say which types it converts: in its <c>CanConvert</c> with <c>typeof</c>, or here. A converter needs a parameterless constructor.
/// </remarks>
/// <param name="converterType">A class derived from <c>JsonConverter&lt;T&gt;</c> or <c>JsonConverterFactory</c>.</param>
/// <param name="convertedTypes">The types that a factory converts, also open generic ones; none for other converters.</param>
/// <example><code>[assembly: EventConverter(typeof(InstantConverter))]</code></example>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class EventConverterAttribute(Type converterType, params Type[] convertedTypes) : Attribute
{
    /// <summary>The converter.</summary>
    public Type ConverterType { get; } = converterType;

    /// <summary>The types that a factory converts, as far as they are given here.</summary>
    public IReadOnlyList<Type> ConvertedTypes { get; } = convertedTypes;

    /// <summary>Further types that the converter asks its options for; none by default.</summary>
    public Type[] Uses { get; set; } = [];
}
