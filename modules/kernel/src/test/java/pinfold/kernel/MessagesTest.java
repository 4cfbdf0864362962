package pinfold.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MessagesTest {
  @Test
  void noTwoKindsHaveOneNumber() throws IllegalAccessException {
    Map<Integer, String> names = new TreeMap<>();
    for (Field field : Messages.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
        field.setAccessible(true);
        String other = names.put(field.getInt(null), field.getName());
        assertThat(other).as("the other one with the number of %s", field.getName()).isNull();
      }
    }
    assertThat(names).hasSizeGreaterThan(50);
  }
}
